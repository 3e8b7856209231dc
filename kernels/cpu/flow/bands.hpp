// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bands of rows of working planes.

#include <cstdint>

#include "kernels/contract/flow_types.hpp"
#include "kernels/contract/launch.hpp"
#include "kernels/cpu/flow/rows.hpp"
#include "kernels/cpu/runtime/parallel.hpp"

namespace fluxel::kernels {

template <class T>
T* row_of(const plane<T>& p, int n, int y) {
  return p.data + n * p.stride + y * p.pitch;
}

/// Vectors that cross a cache line take twice as long: working rows begin on lines.
inline constexpr std::size_t line_bytes = 64;
template <class T>
inline constexpr std::size_t line_room = line_bytes / sizeof(T);
template <class T>
T* line_aligned(T* p) {
  const auto at = reinterpret_cast<std::uintptr_t>(p);
  return p + (line_bytes - at % line_bytes) % line_bytes / sizeof(T);
}

/// body(n, first, last) over bands of rows of every image.
template <class P, class Body>
void for_bands(const P& p, const launch_options& launch, Body&& body) {
  constexpr int least_rows = 16;  // fewer are not worth another thread
  for (int n = 0; n < p.count; ++n)
    parallel_rows(p.height, least_rows, launch.threads, [&](std::int64_t first, std::int64_t last) {
      body(n, static_cast<int>(first), static_cast<int>(last));
    });
}

inline system_rows system_rows_of(const flow_system& s, int n, int y, const float* zeros) {
  return {row_of(s.i11, n, y), row_of(s.i12, n, y),   row_of(s.i22, n, y),  row_of(s.c1, n, y),
          row_of(s.c2, n, y),  row_of(s.right, n, y), row_of(s.down, n, y), y > 0 ? row_of(s.down, n, y - 1) : zeros};
}

}  // namespace fluxel::kernels
