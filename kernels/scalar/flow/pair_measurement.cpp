// SPDX-License-Identifier: Apache-2.0
// The definition of what is measured of a pair of frames.

#include "kernels/common/flow/pair_measurement.hpp"

#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

void count_seconds(plane<const u16> grey, plane<const u8> mask, int n, std::uint32_t* seconds) {
  for (int top = 0; top < grey.height; top += noise_block)
    for (int left = 0; left < grey.width; left += noise_block) {
      block_sum block;
      for (int y = top; y < top + noise_block; ++y)
        for (int x = left; x < left + noise_block; ++x) add_second(block, grey, mask, n, x, y);
      if (block.pixels >= least_block_pixels) ++seconds[second_bin(block)];
    }
}

}  // namespace

status scalar_measure_pair(const pair_measurement& m, const launch_options&) {
  for (int n = 0; n < m.frames.prev.count; ++n) {
    pair_histograms& h = m.histograms[n] = {};
    for (int y = 0; y < m.frames.prev.height; ++y)
      for (int x = 0; x < m.frames.prev.width; ++x) {
        if (const int bin = difference_bin(m, n, x, y); bin >= 0) ++h.difference[bin];
        if (const int bin = level_bin(m, n, x, y); bin >= 0) ++h.level[bin];
      }
    if (m.for_pixels) {
      count_seconds(m.frames.prev, m.frames.prev_mask, n, h.second[0]);
      count_seconds(m.frames.next, m.frames.next_mask, n, h.second[1]);
    }
    store_limits(m, n, limits_of(summary_of(h), m.rule));
  }
  return status::ok;
}

}  // namespace fluxel::kernels
