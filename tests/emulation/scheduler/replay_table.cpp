#include "emulation/replay_table.hpp"

#include <cstdlib>
#include <map>
#include <utility>

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

const translation* translation_of(const void* kernel) {
  if (all().empty()) return nullptr;
  const auto found = all().find({replayed_architecture(), kernel});
  if (found == all().end()) fail("this kernel has no translated PTX (is it in an unnamed namespace?)", {});
  return &found->second;
}

}  // namespace emulation
