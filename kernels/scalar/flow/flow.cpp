// SPDX-License-Identifier: Apache-2.0
// The definition of the flow solver's steps, one pixel after the other.

#include <algorithm>
#include <array>

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/flow/pixel_steps.hpp"
#include "kernels/scalar/flow/every_pixel.hpp"
#include "kernels/scalar/flow/weighted_median.hpp"
#include "kernels/scalar/flow/windows.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

float weight_of_neighbours(const flow_system& s, int n, int x, int y) {
  const float left = x > 0 ? pixel_at(s.right, n, x - 1, y) : 0.0f;
  const float above = y > 0 ? pixel_at(s.down, n, x, y - 1) : 0.0f;
  return (left + pixel_at(s.right, n, x, y)) + (above + pixel_at(s.down, n, x, y));
}

status linearise(const flow_frames& frames, const warped_frame& warped, const flow_planes& flow,
                 const flow_energy& energy, const flow_system& system, const launch_options&) {
  const auto weights = weights_of(energy);
  for_each_pixel(frames.prev, [&](int n, int x, int y) {
    const auto tensor = data_term(derivatives_at(frames, warped, n, x, y), weights);
    const float around = weight_of_neighbours(system, n, x, y);
    const auto e =
        flow_solve_pixel(tensor, energy.smoothness, around, pixel_at(flow.u, n, x, y), pixel_at(flow.v, n, x, y));
    pixel_at(system.i11, n, x, y) = e.i11;
    pixel_at(system.i12, n, x, y) = e.i12;
    pixel_at(system.i22, n, x, y) = e.i22;
    pixel_at(system.c1, n, x, y) = e.c1;
    pixel_at(system.c2, n, x, y) = e.c2;
  });
  return status::ok;
}

float sum_around(const flow_system& s, const plane<float>& f, int n, int x, int y) {
  const bool left = x > 0, right = x + 1 < f.width, above = y > 0, below = y + 1 < f.height;
  auto read = [&](bool inside, const plane<float>& p, int px, int py) {
    return inside ? pixel_at(p, n, px, py) : 0.0f;
  };
  return neighbour_sum(read(left, s.right, x - 1, y), read(left, f, x - 1, y), read(right, s.right, x, y),
                       read(right, f, x + 1, y), read(above, s.down, x, y - 1), read(above, f, x, y - 1),
                       read(below, s.down, x, y), read(below, f, x, y + 1));
}

status relax(const flow_system& system, const flow_relaxation& how_far, std::span<const plane<float>, 4> scratch,
             const flow_planes& flow, const flow_planes& out, const launch_options&) {
  const plane<float>&u = scratch[0], &v = scratch[1];
  for_each_pixel(flow.u, [&](int n, int x, int y) {
    pixel_at(u, n, x, y) = pixel_at(flow.u, n, x, y);
    pixel_at(v, n, x, y) = pixel_at(flow.v, n, x, y);
  });
  for (std::size_t k = 0; k < how_far.omega.size(); ++k)
    for_each_pixel(flow.u, [&](int n, int x, int y) {
      if (!renewed(x, y, static_cast<int>(k))) return;
      const float su = sum_around(system, u, n, x, y);
      const float sv = sum_around(system, v, n, x, y);
      const auto next =
          flow_jacobi({pixel_at(system.i11, n, x, y), pixel_at(system.i12, n, x, y), pixel_at(system.i22, n, x, y),
                       pixel_at(system.c1, n, x, y), pixel_at(system.c2, n, x, y)},
                      su, sv);
      float& own_u = pixel_at(u, n, x, y);
      float& own_v = pixel_at(v, n, x, y);
      own_u = chebyshev_step(own_u, next.u, how_far.omega[k]);
      own_v = chebyshev_step(own_v, next.v, how_far.omega[k]);
    });
  for_each_pixel(flow.u, [&](int n, int x, int y) {
    pixel_at(out.u, n, x, y) =
        limited_to_fixed(pixel_at(u, n, x, y), pixel_at(flow.u, n, x, y), how_far.limit, how_far.finer);
    pixel_at(out.v, n, x, y) =
        limited_to_fixed(pixel_at(v, n, x, y), pixel_at(flow.v, n, x, y), how_far.limit, how_far.finer);
  });
  return status::ok;
}

void median_one(plane<const std::int16_t> in, plane<std::int16_t> out, int radius) {
  for_each_pixel(in, [&](int n, int x, int y) {
    std::array<std::int16_t, 49> window;
    int k = 0;
    for (int j = -radius; j <= radius; ++j)
      for (int i = -radius; i <= radius; ++i)
        window[k++] = pixel_at(in, n, reflect_index(x + i, in.width), reflect_index(y + j, in.height));
    std::nth_element(window.begin(), window.begin() + k / 2, window.begin() + k);
    pixel_at(out, n, x, y) = window[k / 2];
  });
}

status median(const flow_planes& in, const flow_planes& out, int radius, const launch_options&) {
  median_one(in.u, out.u, radius);
  median_one(in.v, out.v, radius);
  return status::ok;
}

}  // namespace

constinit const flow_functions scalar_flow_functions = [] {
  flow_functions f = pixel_steps<every_pixel>::functions();
  f.linearise = linearise;
  f.relax = relax;
  f.solve_windows = scalar_solve_windows;
  f.median = median;
  f.weighted_median = scalar_weighted_median;
  f.match_blocks = pixel_steps<every_pixel>::match_blocks;
  f.structure = scalar_structure;
  f.measure_pair = scalar_measure_pair;
  return f;
}();

}  // namespace fluxel::kernels
