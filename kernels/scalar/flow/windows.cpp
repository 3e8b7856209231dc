// SPDX-License-Identifier: Apache-2.0
// The definition of Lucas-Kanade windows: every window summed on its own.

#include "kernels/scalar/flow/windows.hpp"

#include <algorithm>
#include <vector>

#include "kernels/common/flow/lucas_kanade.hpp"
#include "kernels/scalar/flow/every_pixel.hpp"

namespace fluxel::kernels {

namespace {

struct window_pixels {
  const flow_windows& windows;
  const flow_planes& flow;
  const std::vector<window_entry>& entries;  ///< of one image

  window_sums sums_at(int n, int x, int y) const {
    const int r = windows.radius, width = flow.u.width, height = flow.u.height;
    auto weight = [&](int i) { return windows.weights.empty() ? 1 : windows.weights[i + r]; };
    window_sums s;
    for (int py = std::max(y - r, 0); py <= std::min(y + r, height - 1); ++py)
      for (int px = std::max(x - r, 0); px <= std::min(x + r, width - 1); ++px)
        add_to_window(s, entries[std::size_t(py) * width + px], pixel_at(flow.u, n, px, py),
                      pixel_at(flow.v, n, px, py), weight(px - x) * weight(py - y));
    return s;
  }
};

}  // namespace

status scalar_solve_windows(const flow_frames& frames, const warped_frame& warped, const flow_energy& energy,
                            const flow_windows& windows, const flow_exchange& flow, const launch_options&) {
  const int width = frames.prev.width, height = frames.prev.height;
  const auto weights = weights_of(energy);
  std::vector<window_entry> entries(std::size_t(width) * height);
  for (int n = 0; n < frames.prev.count; ++n) {
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        entries[std::size_t(y) * width + x] =
            make_window_entry(data_term(derivatives_at(frames, warped, n, x, y), weights), windows.rule);
    const window_pixels pixels{windows, flow.from, entries};
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const std::int16_t u = pixel_at(flow.from.u, n, x, y), v = pixel_at(flow.from.v, n, x, y);
        const bool stays =
            windows.smaller.data != nullptr && pixel_at(windows.smaller, n, x, y) < windows.least_eigenvalue;
        const flow_units to = stays ? flow_units{u, v} : solve_window(pixels.sums_at(n, x, y), u, v, windows.rule);
        pixel_at(flow.to.u, n, x, y) = to.u;
        pixel_at(flow.to.v, n, x, y) = to.v;
      }
  }
  return status::ok;
}

}  // namespace fluxel::kernels
