// SPDX-License-Identifier: Apache-2.0
#include "kernels/contract/tasks.hpp"

#include <oneapi/tbb/task_arena.h>

#include <cstdint>
#include <exception>

#include "kernels/cpu/runtime/parallel.hpp"

namespace fluxel::kernels {

bool run_both(const task& first, const task& second, int threads) {
  std::exception_ptr thrown[2];
  const auto call = [&](int which) {
    try {
      const task& t = which == 0 ? first : second;
      t.call(t.context);
    } catch (...) {
      thrown[which] = std::current_exception();
    }
  };
  const bool together = threads != 1 && pool_threads() > 1;
  if (together)
    parallel_rows(2, 1, 2, [&](std::int64_t band, std::int64_t) {
      // A thread that waits for rows of the one must not begin the other, which may take long.
      tbb::this_task_arena::isolate([&] { call(static_cast<int>(band)); });
    });
  else
    parallel_rows(1, 1, 1, [&](std::int64_t, std::int64_t) {
      call(0);
      call(1);
    });
  for (const std::exception_ptr& e : thrown)
    if (e) std::rethrow_exception(e);
  return together;
}

}  // namespace fluxel::kernels
