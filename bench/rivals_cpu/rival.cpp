// SPDX-License-Identifier: Apache-2.0
#include "bench/rivals_cpu/rival.hpp"

#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>

#include "fluxel/device.hpp"

namespace fluxel::bench {
namespace {

std::vector<rival>& list() {
  static std::vector<rival> all;
  return all;
}

}  // namespace

const std::vector<rival>& rivals() { return list(); }

registered_rival::registered_rival(rival r) {
  auto& all = list();
  const auto place = std::find_if(all.begin(), all.end(), [&](const rival& other) { return other.name > r.name; });
  all.insert(place, std::move(r));
}

bool held_to_avx2() { return std::string_view(cpu_target()) == "AVX2"; }

int thread_count(int threads) {
  return threads != 0 ? threads : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

}  // namespace fluxel::bench
