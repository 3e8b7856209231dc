// SPDX-License-Identifier: Apache-2.0
// The definition of the flow solver's steps, one pixel after the other.

#include <algorithm>
#include <array>

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/flow/intensity.hpp"
#include "kernels/common/flow/pixels.hpp"
#include "kernels/common/resize/lerp.hpp"
#include "kernels/common/resize/position.hpp"
#include "kernels/common/runtime/convert.hpp"
#include "kernels/scalar/flow/slices.hpp"
#include "kernels/scalar/flow/windows.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

template <class T>
const T* pixel_at(const image& im, int n, int x, int y) {
  const auto* base = static_cast<const std::byte*>(im.data);
  return reinterpret_cast<const T*>(base + n * im.stride + y * im.pitch) + std::ptrdiff_t{x} * im.channels;
}

status clear(const flow_planes& flow, const launch_options&) {
  for_each_pixel(flow.u, [&](int n, int x, int y) { image_of(flow.u, n)(x, y) = image_of(flow.v, n)(x, y) = 0; });
  return status::ok;
}

template <class T>
status intensity_of(const image& src, const intensity_scale& scale, const image* mask, plane<u16> grey,
                    plane<u8> mask_out) {
  for_each_pixel(grey, [&](int n, int x, int y) {
    const T* p = pixel_at<T>(src, n, x, y);
    bool known = mask == nullptr || *pixel_at<u8>(*mask, n, x, y) != 0;
    const u16 value = flow_intensity(p, src.channels, scale, known);
    image_of(grey, n)(x, y) = value;
    if (mask_out.data != nullptr) image_of(mask_out, n)(x, y) = known ? 0 : flow_masked;
  });
  return status::ok;
}

status intensity(const image& src, const intensity_scale& scale, const image* mask, plane<u16> grey,
                 plane<u8> mask_out, const launch_options&) {
  switch (scale.type) {
    case element_type::u8:
      return intensity_of<u8>(src, scale, mask, grey, mask_out);
    case element_type::u16:
      return intensity_of<u16>(src, scale, mask, grey, mask_out);
    case element_type::f32:
      return intensity_of<f32>(src, scale, mask, grey, mask_out);
    default:
      return status::unsupported;
  }
}

status edge_weights(plane<const u16> grey, std::span<const float> table, plane<float> right, plane<float> down,
                    const launch_options&) {
  auto weight = [&](int a, int b) {
    const int difference = a < b ? b - a : a - b;
    const int last = static_cast<int>(table.size()) - 1;
    return table[difference < last ? difference : last];
  };
  for_each_pixel(grey, [&](int n, int x, int y) {
    const auto level = image_of(grey, n);
    image_of(right, n)(x, y) = x + 1 < grey.width ? weight(level(x, y), level(x + 1, y)) : 0;
    image_of(down, n)(x, y) = y + 1 < grey.height ? weight(level(x, y), level(x, y + 1)) : 0;
  });
  return status::ok;
}

std::int16_t sample_cubic(const slice<const u16>& next, const warp_target& at) {
  const auto wx = cubic_weights(at.phase_x);
  std::int32_t rows[4];
  for (int j = 0; j < 4; ++j) {
    const int y = at.y - 1 + j;
    rows[j] = cubic_row(wx, next.clamped(at.x - 1, y), next.clamped(at.x, y), next.clamped(at.x + 1, y),
                        next.clamped(at.x + 2, y));
  }
  return cubic_column(cubic_weights(at.phase_y), rows[0], rows[1], rows[2], rows[3]);
}

bool touches_mask(const slice<const u8>& mask, int x0, int x1, int y0, int y1) {
  for (int y = y0; y <= y1; ++y)
    for (int x = x0; x <= x1; ++x)
      if (mask.clamped(x, y) != 0) return true;
  return false;
}

status warp(const flow_frames& frames, const flow_planes& flow, const warped_frame& warped, const launch_options&) {
  for_each_pixel(frames.prev, [&](int n, int x, int y) {
    const auto at = warp_position(x, y, image_of(flow.u, n)(x, y), image_of(flow.v, n)(x, y), frames.prev.width,
                                  frames.prev.height);
    u8 reason = at.inside ? 0 : flow_outside;
    if (frames.prev_mask.data != nullptr && image_of(frames.prev_mask, n)(x, y) != 0) reason = flow_masked;
    if (reason == 0 && frames.next_mask.data != nullptr &&
        touches_mask(image_of(frames.next_mask, n), at.x - 1, at.x + 2, at.y - 1, at.y + 2))
      reason = flow_masked;
    image_of(warped.reason, n)(x, y) = reason;
    image_of(warped.grey, n)(x, y) = reason == 0 ? sample_cubic(image_of(frames.next, n), at)
                                                 : static_cast<std::int16_t>(image_of(frames.prev, n)(x, y));
  });
  return status::ok;
}

status linearise(const flow_frames& frames, const warped_frame& warped, const flow_planes& flow,
                 const flow_energy& energy, const flow_system& system, const launch_options&) {
  const auto weights = weights_of(energy);
  for_each_pixel(frames.prev, [&](int n, int x, int y) {
    const auto tensor = data_term(derivatives_at(frames, warped, n, x, y), weights);
    const auto right = image_of(system.right, n);
    const auto down = image_of(system.down, n);
    const float around = ((x > 0 ? right(x - 1, y) : 0) + right(x, y)) + ((y > 0 ? down(x, y - 1) : 0) + down(x, y));
    const auto e =
        flow_solve_pixel(tensor, energy.smoothness, around, image_of(flow.u, n)(x, y), image_of(flow.v, n)(x, y));
    image_of(system.i11, n)(x, y) = e.i11;
    image_of(system.i12, n)(x, y) = e.i12;
    image_of(system.i22, n)(x, y) = e.i22;
    image_of(system.c1, n)(x, y) = e.c1;
    image_of(system.c2, n)(x, y) = e.c2;
  });
  return status::ok;
}

float sum_around(const flow_system& s, const slice<float>& f, int n, int x, int y) {
  const auto right = image_of(s.right, n);
  const auto down = image_of(s.down, n);
  auto weighted = [](bool inside, auto&& weight, auto&& value) {
    return inside ? std::pair{weight(), value()} : std::pair{0.0f, 0.0f};
  };
  const auto l = weighted(
      x > 0, [&] { return right(x - 1, y); }, [&] { return f(x - 1, y); });
  const auto r = weighted(
      x + 1 < f.p.width, [&] { return right(x, y); }, [&] { return f(x + 1, y); });
  const auto u = weighted(
      y > 0, [&] { return down(x, y - 1); }, [&] { return f(x, y - 1); });
  const auto d = weighted(
      y + 1 < f.p.height, [&] { return down(x, y); }, [&] { return f(x, y + 1); });
  return neighbour_sum(l.first, l.second, r.first, r.second, u.first, u.second, d.first, d.second);
}

status relax(const flow_system& system, const flow_relaxation& how_far, std::span<const plane<float>, 4> scratch,
             const flow_planes& flow, const flow_planes& out, const launch_options&) {
  const plane<float>&u = scratch[0], &v = scratch[1];
  for_each_pixel(flow.u, [&](int n, int x, int y) {
    image_of(u, n)(x, y) = image_of(flow.u, n)(x, y);
    image_of(v, n)(x, y) = image_of(flow.v, n)(x, y);
  });
  for (std::size_t k = 0; k < how_far.omega.size(); ++k)
    for_each_pixel(flow.u, [&](int n, int x, int y) {
      if (!renewed(x, y, static_cast<int>(k))) return;
      const float su = sum_around(system, image_of(u, n), n, x, y);
      const float sv = sum_around(system, image_of(v, n), n, x, y);
      const auto next =
          flow_jacobi({image_of(system.i11, n)(x, y), image_of(system.i12, n)(x, y), image_of(system.i22, n)(x, y),
                       image_of(system.c1, n)(x, y), image_of(system.c2, n)(x, y)},
                      su, sv);
      float& own_u = image_of(u, n)(x, y);
      float& own_v = image_of(v, n)(x, y);
      own_u = chebyshev_step(own_u, next.u, how_far.omega[k]);
      own_v = chebyshev_step(own_v, next.v, how_far.omega[k]);
    });
  for_each_pixel(flow.u, [&](int n, int x, int y) {
    image_of(out.u, n)(x, y) = quantise_flow(image_of(u, n)(x, y), image_of(flow.u, n)(x, y), how_far.limit);
    image_of(out.v, n)(x, y) = quantise_flow(image_of(v, n)(x, y), image_of(flow.v, n)(x, y), how_far.limit);
  });
  return status::ok;
}

void median_one(plane<const std::int16_t> in, plane<std::int16_t> out, int radius) {
  for_each_pixel(in, [&](int n, int x, int y) {
    std::array<std::int16_t, 49> window;
    int k = 0;
    for (int j = -radius; j <= radius; ++j)
      for (int i = -radius; i <= radius; ++i)
        window[k++] = image_of(in, n)(reflect_index(x + i, in.width), reflect_index(y + j, in.height));
    std::nth_element(window.begin(), window.begin() + k / 2, window.begin() + k);
    image_of(out, n)(x, y) = window[k / 2];
  });
}

status median(const flow_planes& in, const flow_planes& out, int radius, const launch_options&) {
  median_one(in.u, out.u, radius);
  median_one(in.v, out.v, radius);
  return status::ok;
}

void enlarge_one(plane<const std::int16_t> coarse, plane<std::int16_t> fine, float scale) {
  const auto across = make_ratio(coordinates::half_pixel, coarse.width, fine.width);
  const auto along = make_ratio(coordinates::half_pixel, coarse.height, fine.height);
  for_each_pixel(fine, [&](int n, int x, int y) {
    const auto from = image_of(coarse, n);
    const position px = linear_position(across, x), py = linear_position(along, y);
    const float wx = lerp<f32>::from_fraction(px.fraction), wy = lerp<f32>::from_fraction(py.fraction);
    image_of(fine, n)(x, y) =
        enlarged_flow({from(px.index, py.index), from.clamped(px.index + 1, py.index),
                       from.clamped(px.index, py.index + 1), from.clamped(px.index + 1, py.index + 1)},
                      wx, wy, scale);
  });
}

status upscale_flow(const flow_planes& coarse, const flow_planes& fine, const launch_options&) {
  enlarge_one(coarse.u, fine.u, flow_growth(coarse.u.width, fine.u.width));
  enlarge_one(coarse.v, fine.v, flow_growth(coarse.v.height, fine.v.height));
  return status::ok;
}

status store_flow(const flow_planes& flow, const image& u, const image& v, const launch_options&) {
  for_each_pixel(flow.u, [&](int n, int x, int y) {
    *const_cast<float*>(pixel_at<float>(u, n, x, y)) = flow_to_float(image_of(flow.u, n)(x, y));
    *const_cast<float*>(pixel_at<float>(v, n, x, y)) = flow_to_float(image_of(flow.v, n)(x, y));
  });
  return status::ok;
}

/// Runs a body of common/flow/pixels.hpp on every pixel.
template <class P, class Pixel>
status every_pixel(const P& p, const Pixel& pixel) {
  for_each_pixel(p, pixel);
  return status::ok;
}

status reduce_mask(plane<const u8> fine, plane<u8> coarse, const mask_reach& reach, const launch_options&) {
  return every_pixel(coarse, reduce_mask_pixel{fine, coarse, reach});
}
status load_flow(const image& u, const image& v, const flow_planes& flow, const launch_options&) {
  return every_pixel(flow.u, quantise_pixel{u, v, flow});
}
status downscale_flow(const flow_planes& fine, const flow_planes& coarse, const launch_options&) {
  return every_pixel(coarse.u, reduce_flow_pixel{fine, coarse});
}
status assess(const flow_assessment& a, const image& validity, const launch_options&) {
  return every_pixel(a.flow.u, assess_pixel{a, validity});
}
status check_forward_backward(const flow_planes& flow, const flow_planes& back, std::int64_t largest,
                              const image& reasons, const launch_options&) {
  return every_pixel(flow.u, check_return_pixel{flow, back, largest, reasons});
}
status slopes(const flow_frames& frames, plane<const std::int16_t> warped, const slope_planes& to,
              const launch_options&) {
  return every_pixel(frames.prev, slopes_pixel{frames, warped, to});
}
status copy_out(plane<const float> from, const image& to, const launch_options&) {
  return every_pixel(from, copy_out_pixel{from, to});
}
status classic_linearise(const flow_frames& frames, const classic_system& system, float lambda,
                         const launch_options&) {
  return every_pixel(frames.prev, classic_linearise_pixel{frames, system, lambda});
}
status classic_relax(const classic_system& system, int iterations, plane<float> u, plane<float> v,
                     plane<float> next_u, plane<float> next_v, const launch_options&) {
  return classic_iterations(iterations, {system, u, v, next_u, next_v},
                            [](const classic_sweep_pixel& sweep) { return every_pixel(sweep.u, sweep); });
}

}  // namespace

const flow_functions scalar_flow_functions{
    .clear = clear,
    .intensity = intensity,
    .edge_weights = edge_weights,
    .warp = warp,
    .linearise = linearise,
    .relax = relax,
    .solve_windows = scalar_solve_windows,
    .median = median,
    .upscale_flow = upscale_flow,
    .store_flow = store_flow,
    .structure = scalar_structure,
    .reduce_mask = reduce_mask,
    .load_flow = load_flow,
    .downscale_flow = downscale_flow,
    .assess = assess,
    .check_forward_backward = check_forward_backward,
    .slopes = slopes,
    .copy_out = copy_out,
    .classic_linearise = classic_linearise,
    .classic_relax = classic_relax,
};

}  // namespace fluxel::kernels
