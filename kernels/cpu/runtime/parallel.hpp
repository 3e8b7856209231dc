// SPDX-License-Identifier: Apache-2.0
#pragma once

// Threads of the CPU path: static bands of rows on one process-wide arena, made on first use.

#include <cstdint>
#include <memory>
#include <type_traits>

namespace fluxel::kernels {

/// A band of rows [first, last).
using band_function = void (*)(const void* body, std::int64_t first, std::int64_t last);

/// Threads that the arena has: the processors this process may use (affinity, cgroup quota).
int pool_threads();

/// How many bands `parallel_rows` cuts: at least 1, at most `rows`.
int band_count(std::int64_t rows, std::int64_t rows_per_band, int threads);

void run_bands(std::int64_t rows, int bands, band_function call, const void* body);

/// Calls body(first, last) once for each of `band_count(...)` bands of equal size that cover [0, rows), in the
/// default floating-point environment, and returns when all have finished.
///
/// @param rows_per_band  fewer rows than this are not worth another thread.
/// @param threads        0: all of the pool; 1: the caller alone, and no pool is made; n: at most n.
/// @param body           must not throw; may call parallel_rows.
template <class Body>
void parallel_rows(std::int64_t rows, std::int64_t rows_per_band, int threads, const Body& body) {
  auto call = [](const void* b, std::int64_t first, std::int64_t last) {
    (*static_cast<const Body*>(b))(first, last);
  };
  run_bands(rows, band_count(rows, rows_per_band, threads), call, std::addressof(body));
}

}  // namespace fluxel::kernels
