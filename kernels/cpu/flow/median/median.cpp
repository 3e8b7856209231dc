// SPDX-License-Identifier: Apache-2.0
// Medians strip by strip: some columns at a time, two rows at a time from top to bottom. Of two filters in a row the
// first one's rows stay in the nearest cache.

#include "kernels/cpu/flow/median/median.hpp"

#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/median/median_strip.hpp"

namespace fluxel::kernels {

namespace {

void filter_band(const median_input& in, plane<std::int16_t> out, median_memory& memory, int first, int last) {
  for (int left = 0; left < out.width; left += median_strip::width(in.times)) {
    median_strip strip(memory, in, left, first);
    for (int y = first; y < last; y += 2)
      strip.filter(y, row_at(out, in.n, y) + left, y + 1 < last ? row_at(out, in.n, y + 1) + left : memory.beyond);
  }
}

status filter(const flow_planes& in, const flow_planes& out, int radius, int times, const launch_options& launch) {
  for_bands(in.u, launch, [&](int n, int first, int last) {
    median_memory memory;
    filter_band({in.u, n, radius, times}, out.u, memory, first, last);
    filter_band({in.v, n, radius, times}, out.v, memory, first, last);
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
