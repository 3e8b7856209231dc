// SPDX-License-Identifier: Apache-2.0
// Medians strip by strip: some columns of two rows at a time. Of two filters in a row the first one's rows stay in
// the caches.

#include "kernels/cpu/flow/median/median.hpp"

#include <deque>

#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/median/median_strip.hpp"

namespace fluxel::kernels {

namespace {

/// All strips of a row, then those of the next: rows come from memory in one piece.
void filter_band(const median_input& in, plane<std::int16_t> out, int first, int last) {
  const int width = median_strip::width(in.times), count = (out.width + width - 1) / width;
  working_vector<median_memory> memory(count);
  std::deque<median_strip, working_allocator<median_strip>> strips;
  for (int k = 0; k < count; ++k) strips.emplace_back(memory[k], in, k * width, first);
  for (int y = first; y < last; y += 2)
    for (int k = 0; k < count; ++k) {
      std::int16_t* const bottom = y + 1 < last ? row_at(out, in.n, y + 1) + k * width : memory[k].beyond;
      strips[k].filter(y, row_at(out, in.n, y) + k * width, bottom);
    }
}

status filter(const flow_planes& in, const flow_planes& out, int radius, int times, const launch_options& launch) {
  for_bands(in.u, launch, [&](int n, int first, int last) {
    filter_band({in.u, n, radius, times}, out.u, first, last);
    filter_band({in.v, n, radius, times}, out.v, first, last);
  });
  return status::ok;
}

}  // namespace

status median_of_rows(const flow_planes& in, const flow_planes& out, int radius, const launch_options& launch) {
  return filter(in, out, radius, 1, launch);
}

status median_twice_of_rows(const flow_planes& in, const flow_planes& /*between*/, const flow_planes& out, int radius,
                            const launch_options& launch) {
  return filter(in, out, radius, 2, launch);
}

}  // namespace fluxel::kernels
