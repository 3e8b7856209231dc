// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bands of rows of working planes.

#include <cstdint>

#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_planes.hpp"
#include "kernels/contract/launch.hpp"
#include "kernels/cpu/flow/rows.hpp"
#include "kernels/cpu/runtime/parallel.hpp"

namespace fluxel::kernels {

inline constexpr int least_rows = 16;  ///< of a band: fewer are not worth another thread

template <class P>
int bands_of(const P& p, const launch_options& launch) {
  return band_count(p.height, least_rows, launch.threads);
}

/// body(n, first, last) over bands of rows of every image.
template <class P, class Body>
void for_bands(const P& p, const launch_options& launch, Body&& body) {
  for (int n = 0; n < p.count; ++n)
    parallel_rows(p.height, least_rows, launch.threads, [&](std::int64_t first, std::int64_t last) {
      body(n, static_cast<int>(first), static_cast<int>(last));
    });
}

inline system_rows system_rows_of(const flow_system& s, int n, int y, const float* zeros) {
  return {
      row_at(s.i11, n, y), row_at(s.i12, n, y),
      row_at(s.i22, n, y), row_at(s.c1, n, y),
      row_at(s.c2, n, y),  {row_at(s.right, n, y), row_at(s.down, n, y), y > 0 ? row_at(s.down, n, y - 1) : zeros}};
}

}  // namespace fluxel::kernels
