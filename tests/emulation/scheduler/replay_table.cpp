// SPDX-License-Identifier: Apache-2.0
#include "emulation/replay_table.hpp"

#include <cstdlib>
#include <map>
#include <utility>

#include "scheduler/local_symbols.hpp"
#include "scheduler/replay.hpp"

namespace emulation {

namespace {

using table = std::map<std::pair<int, const void*>, translation>;

table& all() {
  static table kernels;
  return kernels;
}

int replayed_architecture() {
  static const int chosen = [] {
    const char* text = std::getenv("FLUXEL_REPLAY_ARCHITECTURE");
    return text ? std::atoi(text) : all().begin()->first.first;
  }();
  return chosen;
}

}  // namespace

replayed_kernel::replayed_kernel(int architecture, const void* kernel, void (*run)(void* const*),
                                 unsigned max_threads) {
  if (kernel) all()[{architecture, kernel}] = {run, max_threads};
}

replayed_kernel::replayed_kernel(int architecture, const char* file, const char* name, void (*run)(void* const*),
                                 unsigned max_threads)
    : replayed_kernel(architecture, local_function(file, name), run, max_threads) {}

const translation* translation_of(const void* kernel) {
  if (all().empty()) return nullptr;
  const auto found = all().find({replayed_architecture(), kernel});
  if (found == all().end()) fail("this kernel has no translated PTX", {});
  return &found->second;
}

}  // namespace emulation
