// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/runtime/parallel.hpp"

#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <string>

#include "kernels/common/runtime/float_environment.hpp"

namespace fluxel::kernels {

namespace {

/// Processors that "QUOTA PERIOD" of a cgroup allows, rounded up; `limit` when it sets no quota.
int quota_of(std::istream& file, int limit) {
  std::string quota;
  std::int64_t period = 0;
  if (!(file >> quota >> period) || period <= 0 || quota.find_first_not_of("0123456789") != std::string::npos)
    return limit;
  return static_cast<int>(std::clamp<std::int64_t>((std::stoll(quota) + period - 1) / period, 1, limit));
}

/// oneTBB respects the affinity mask, not the CPU quota of containers (cgroup version 2).
int limit_by_cgroup(int limit) {
  std::ifstream self("/proc/self/cgroup");
  std::string path;
  for (std::string line; std::getline(self, line);)
    if (line.rfind("0::", 0) == 0) path = line.substr(3);
  for (;; path.erase(path.rfind('/'))) {
    std::ifstream file("/sys/fs/cgroup" + path + "/cpu.max");
    limit = quota_of(file, limit);
    if (path.find('/') == std::string::npos) return limit;
  }
}

tbb::task_arena& arena() {
  static tbb::task_arena a(pool_threads());
  return a;
}

}  // namespace

int pool_threads() {
  static const int n = limit_by_cgroup(std::max(1, tbb::info::default_concurrency()));
  return n;
}

int band_count(std::int64_t rows, std::int64_t rows_per_band, int threads) {
  if (threads == 1 || rows <= rows_per_band) return 1;
  const std::int64_t most = threads > 0 ? threads : pool_threads();
  return static_cast<int>(std::clamp<std::int64_t>(rows / std::max<std::int64_t>(rows_per_band, 1), 1, most));
}

void run_bands(std::int64_t rows, int bands, band_function call, const void* body) {
  auto run = [&](int band) {
    const default_float_environment environment;
    call(body, rows * band / bands, rows * (band + 1) / bands);
  };
  if (bands == 1) return run(0);
  // oneTBB orders the caller's writes before the bands, and the bands before its return. Saying so again in words of
  // the language lets ThreadSanitizer, which does not see into the library, know it too.
  std::atomic<int> finished;
  finished.store(0, std::memory_order_release);
  arena().execute([&] {
    tbb::parallel_for(
        0, bands,
        [&](int band) {
          finished.load(std::memory_order_acquire);
          run(band);
          finished.fetch_add(1, std::memory_order_release);
        },
        tbb::static_partitioner());
  });
  finished.load(std::memory_order_acquire);
}

}  // namespace fluxel::kernels
