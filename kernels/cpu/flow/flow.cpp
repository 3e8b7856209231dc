// SPDX-License-Identifier: Apache-2.0
// The flow solver on the CPU: bands of rows over threads, rows over lanes. Steps that are done once per pixel and
// level, and processors without a SIMD target, take the scalar functions.

#include <algorithm>
#include <atomic>

#include "kernels/common/flow/pixel_steps.hpp"
#include "kernels/common/resize/lerp.hpp"
#include "kernels/common/resize/position.hpp"
#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/derivatives.hpp"
#include "kernels/cpu/flow/horn_schunck/new_system.hpp"
#include "kernels/cpu/flow/horn_schunck/relax.hpp"
#include "kernels/cpu/flow/lucas_kanade/windows.hpp"
#include "kernels/cpu/flow/median/median.hpp"
#include "kernels/cpu/flow/median/weighted_median.hpp"
#include "kernels/cpu/flow/rows.hpp"
#include "kernels/cpu/flow/search/choose_rows.hpp"
#include "kernels/cpu/flow/search/match_rows.hpp"
#include "kernels/cpu/flow/search/spread_flow.hpp"
#include "kernels/cpu/flow/validity/assess_rows.hpp"
#include "kernels/cpu/flow/validity/pair_measurement.hpp"
#include "kernels/cpu/flow/validity/structure.hpp"
#include "kernels/cpu/runtime/parallel.hpp"
#include "kernels/cpu/runtime/table.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/cpu/runtime/translate_bad_alloc.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

status intensity(const image& src, const intensity_scale& scale, const image* mask, plane<u16> grey,
                 plane<u8> mask_out, const launch_options& launch) {
  const auto& rows = flow_pixel_rows();
  const auto row = scale.type == element_type::u8    ? rows.of_u8
                   : scale.type == element_type::u16 ? rows.of_u16
                   : scale.type == element_type::f32 ? rows.of_f32
                                                     : nullptr;
  if (row == nullptr) return status::unsupported;
  for_bands(grey, launch, [&](int n, int first, int last) {
    working_vector<u8> own(mask_out.data == nullptr ? grey.width : 0);
    for (int y = first; y < last; ++y) {
      u8* unknown = mask_out.data == nullptr ? own.data() : row_at(mask_out, n, y);
      const u8* valid = mask == nullptr ? nullptr : row_at<const u8>(*mask, n, 0, y);
      std::fill(unknown, unknown + grey.width, u8{0});
      for (int x = 0; valid != nullptr && x < grey.width; ++x)
        unknown[x] = valid[std::ptrdiff_t{x} * mask->channels] != 0 ? 0 : flow_masked;
      row(row_at<const std::byte>(src, n, 0, y), src.channels, scale, grey.width, row_at(grey, n, y), unknown);
    }
  });
  return status::ok;
}

status store_flow(const flow_planes& flow, const image& u, const image& v, const launch_options& launch) {
  const auto& rows = flow_pixel_rows();
  for_bands(flow.u, launch, [&](int n, int first, int last) {
    for (int y = first; y < last; ++y) {
      rows.to_pixels(row_at(flow.u, n, y), flow.u.width, u.channels, row_at<float>(u, n, 0, y));
      rows.to_pixels(row_at(flow.v, n, y), flow.v.width, v.channels, row_at<float>(v, n, 0, y));
    }
  });
  return status::ok;
}

status warp(const flow_frames& frames, const flow_planes& flow, const warped_frame& warped,
            const launch_options& launch) {
  const auto warp_row = flow_warp_row();
  auto row_or_null = [](const plane<const u8>& p, int n, int y) {
    return p.data == nullptr ? p.data : row_at(p, n, y);
  };
  for_bands(frames.prev, launch, [&](int n, int first, int last) {
    plane<const u16> next = frames.next;
    next.data += n * next.stride;
    plane<const u8> mask = frames.next_mask;
    mask.data = row_or_null(mask, n, 0);
    for (int y = first; y < last; ++y)
      warp_row({next, mask, row_at(frames.prev, n, y), row_or_null(frames.prev_mask, n, y), row_at(flow.u, n, y),
                row_at(flow.v, n, y), y},
               frames.prev.width, row_at(warped.grey, n, y), row_at(warped.reason, n, y));
  });
  return status::ok;
}

status linearise(const flow_frames& frames, const warped_frame& warped, const flow_planes& flow,
                 const flow_energy& energy, const flow_system& system, const launch_options& launch) {
  const int width = frames.prev.width;
  const auto& rows = flow_system_rows();
  for_bands(frames.prev, launch, [&](int n, int first, int last) {
    derivative_window window(frames, warped, n);
    working_vector<std::int16_t> known(width + row_room);
    const working_vector<float> zeros(flow_row_elements(width));
    for (int y = first; y < last; ++y) {
      known_row(frames, warped, n, y, known.data());
      rows.linearise(window.at(y), known.data(), row_at(flow.u, n, y), row_at(flow.v, n, y), energy,
                     system_rows_of(system, n, y, zeros.data()), width);
    }
  });
  return status::ok;
}

status edge_weights(plane<const u16> grey, const flow_planes& flow, const edge_rule& rule, plane<float> right,
                    plane<float> down, const launch_options& launch) {
  for_bands(grey, launch, [&](int n, int begin, int end) {
    for (int y = begin; y < end; ++y) weigh_edges(grey, flow, rule, n, y, row_at(right, n, y), row_at(down, n, y));
  });
  return status::ok;
}

status linearise_relax(const warp_equations& of, const flow_system& system, const flow_relaxation& how_far,
                       std::span<const plane<float>, 4> scratch, const flow_planes& out,
                       const launch_options& launch) {
  if (fused_simd_chosen() && relaxes_new_system(of, how_far, launch))
    return relax_new_system(of, how_far, out, launch);
  const flow_functions& f = cpu_flow_functions;
  status result = f.edge_weights(of.frames.prev, of.flow, of.edges, system.right, system.down, launch);
  if (result == status::ok) result = f.linearise(of.frames, of.warped, of.flow, of.energy, system, launch);
  return result == status::ok ? f.relax(system, how_far, scratch, of.flow, out, launch) : result;
}

/// One component from a level to the next finer one.
class flow_upscaler {
 public:
  flow_upscaler(plane<const std::int16_t> coarse, plane<std::int16_t> fine, float growth)
      : coarse_(coarse), fine_(fine), growth_(growth), left_(fine.width), right_(fine.width), weight_(fine.width) {
    const auto across = make_ratio(coordinates::half_pixel, coarse.width, fine.width);
    for (int x = 0; x < fine.width; ++x) {
      const position p = linear_position(across, x);
      left_[x] = p.index;
      right_[x] = clamp_index(p.index + 1, coarse.width);
      weight_[x] = lerp<f32>::from_fraction(p.fraction);
    }
  }

  void run(int n, int first, int last) const {
    const auto& rows = flow_rows();
    const auto along = make_ratio(coordinates::half_pixel, coarse_.height, fine_.height);
    working_vector<float> units(coarse_.width);
    ring<float, 2> across(fine_.width);
    int made = -1;
    for (int y = first; y < last; ++y) {
      const position p = linear_position(along, y);
      const int below = clamp_index(p.index + 1, coarse_.height);
      for (int r = std::max(made + 1, p.index); r <= below; ++r) {
        rows.to_units(row_at(coarse_, n, r), coarse_.width, units.data());
        rows.upscale_across(units.data(), {left_.data(), right_.data(), weight_.data()}, fine_.width, across[r]);
        made = r;
      }
      rows.upscale_along(across[p.index], across[below], lerp<f32>::from_fraction(p.fraction), growth_, fine_.width,
                         row_at(fine_, n, y));
    }
  }

 private:
  plane<const std::int16_t> coarse_;
  plane<std::int16_t> fine_;
  float growth_;
  working_vector<std::int32_t> left_, right_;
  working_vector<float> weight_;
};

status upscale_flow(const flow_planes& coarse, const flow_planes& fine, const launch_options& launch) {
  const flow_upscaler u(coarse.u, fine.u, flow_growth(coarse.u.width, fine.u.width));
  const flow_upscaler v(coarse.v, fine.v, flow_growth(coarse.v.height, fine.v.height));
  for_bands(fine.u, launch, [&](int n, int first, int last) {
    u.run(n, first, last);
    v.run(n, first, last);
  });
  return status::ok;
}

/// Bands filter some rows of their neighbours once more: few beside their own, or both filters run one by one.
status median_twice(const flow_planes& in, const flow_planes& between, const flow_planes& out, int radius,
                    const launch_options& launch) {
  const int bands = bands_of(in.u, launch);
  if (simd_chosen() && (bands == 1 || in.u.height / bands >= 16 * radius))
    return median_twice_of_rows(in, between, out, radius, launch);
  const status once = cpu_flow_functions.median(in, between, radius, launch);
  return once == status::ok ? cpu_flow_functions.median(between, out, radius, launch) : once;
}

/// How pixel_steps run here: threads over rows.
struct every_pixel {
  template <class T, class Body>
  status operator()(const plane<T>& p, const launch_options& launch, const Body& body) const {
    for_bands(p, launch, [&](int n, int first, int last) {
      for (int y = first; y < last; ++y)
        for (int x = 0; x < p.width; ++x) body(n, x, y);
    });
    return status::ok;
  }
  template <class T, class Body>
  static status sum(const plane<T>& p, const launch_options& launch, const Body& body, std::int64_t* sums) {
    for (int n = 0; n < p.count; ++n) sums[n] = 0;
    for_bands(p, launch, [&](int n, int first, int last) {
      std::int64_t of_band = 0;
      for (int y = first; y < last; ++y)
        for (int x = 0; x < p.width; ++x) of_band += body(n, x, y);
      std::atomic_ref(sums[n]).fetch_add(of_band, std::memory_order_relaxed);
    });
    return status::ok;
  }
};

bool all_zero(const u8* row, int width) {
  u8 any = 0;
  for (int x = 0; x < width; ++x) any |= row[x];
  return any == 0;
}

bool all_known(plane<const u8> unknown) {
  for (int n = 0; n < unknown.count; ++n)
    for (int y = 0; y < unknown.height; ++y)
      if (!all_zero(row_at(unknown, n, y), unknown.width)) return false;
  return true;
}

/// Rows that are made of known pixels alone are looked at once.
status normalise_level(const known_level& fine, const known_level& coarse, const known_axes& axes, bool coarsest,
                       const launch_options& launch) {
  const normalise_pixel body{fine, coarse, axes, coarsest ? u8{0} : pixel_changed};
  for_bands(coarse.grey, launch, [&](int n, int first, int last) {
    for (int y = first; y < last; ++y) {
      bool known = true;
      for (int j = 0; j < axes.y.taps; ++j)
        known = known && all_zero(row_at(fine.unknown, n, axes.y.first[y] + j), fine.unknown.width);
      if (known)
        std::fill_n(row_at(coarse.unknown, n, y), coarse.unknown.width, u8{0});
      else
        for (int x = 0; x < coarse.grey.width; ++x) body(n, x, y);
    }
  });
  return status::ok;
}

status fill_unknown(const flow_planes& values, plane<const u8> unknown, std::span<const fill_level> levels,
                    const launch_options& launch) {
  return all_known(unknown) ? status::ok : pixel_steps<every_pixel>::fill_unknown(values, unknown, levels, launch);
}

status assess(const flow_assessment& a, const image& validity, const launch_options& launch) {
  return assess_in_rows(a) ? assess_of_rows(a, validity, launch)
                           : pixel_steps<every_pixel>::assess(a, validity, launch);
}

/// The SIMD function where the chosen target has it, else the scalar one, in the default floating-point environment.
template <auto simd, auto scalar, auto chosen = simd_chosen>
struct dispatched;
template <class... Args, status (*simd)(Args...), status (*flow_functions::*scalar)(Args...), bool (*chosen)()>
struct dispatched<simd, scalar, chosen> {
  static status call(Args... args) {
    return translate_bad_alloc([&] { return chosen() ? simd(args...) : (scalar_flow_functions.*scalar)(args...); });
  }
};

/// A step without SIMD.
template <auto step>
struct plain;
template <class... Args, status (*step)(Args...)>
struct plain<step> {
  static status call(Args... args) {
    return translate_bad_alloc([&] { return step(args...); });
  }
};

}  // namespace

constinit const flow_functions cpu_flow_functions = [] {
  using f = flow_functions;
  using steps = pixel_steps<every_pixel>;
  return f{.clear = plain<steps::clear>::call,
           .intensity = dispatched<intensity, &f::intensity>::call,
           .edge_weights = dispatched<edge_weights, &f::edge_weights, fused_simd_chosen>::call,
           .warp = dispatched<warp, &f::warp>::call,
           .choose_start = plain<steps::choose_start>::call,
           .choose_flow_of_pair = plain<steps::choose_flow_of_pair>::call,
           .linearise = dispatched<linearise, &f::linearise, fused_simd_chosen>::call,
           .relax = dispatched<relax_flow, &f::relax, fused_simd_chosen>::call,
           .solve_windows = dispatched<solve_windows_of_rows, &f::solve_windows, fused_simd_chosen>::call,
           .median = dispatched<median_of_rows, &f::median>::call,
           .median_twice = plain<median_twice>::call,
           .trust = plain<steps::trust>::call,
           .weighted_median = dispatched<weighted_median_of_rows, &f::weighted_median>::call,
           .upscale_flow = dispatched<upscale_flow, &f::upscale_flow>::call,
           .store_flow = dispatched<store_flow, &f::store_flow>::call,
           .store_fine_flow = plain<steps::store_fine_flow>::call,
           .round_fine_flow = plain<steps::round_fine_flow>::call,
           .structure = dispatched<structure_of_image, &f::structure>::call,
           .normalise_level = plain<normalise_level>::call,
           .fill_level_from = plain<steps::fill_level_from>::call,
           .fill_unknown = plain<fill_unknown>::call,
           .find_unknown_windows = plain<steps::find_unknown_windows>::call,
           .all_known = all_known,
           .detail = dispatched<detail_of_rows, &f::detail>::call,
           .match_blocks = dispatched<match_blocks_of_rows, &f::match_blocks>::call,
           .check_matches = plain<steps::check_matches>::call,
           .choose_flow = dispatched<choose_flow_of_rows, &f::choose_flow>::call,
           .mark_regions = plain<steps::mark_regions>::call,
           .spread_flow = dispatched<spread_flow_in_bands, &f::spread_flow>::call,
           .load_flow = plain<steps::load_flow>::call,
           .downscale_flow = plain<steps::downscale_flow>::call,
           .measure_pair = plain<measure_pair_in_bands>::call,
           .assess = dispatched<assess, &f::assess>::call,
           .check_forward_backward = plain<steps::check_forward_backward>::call,
           .slopes = plain<steps::slopes>::call,
           .copy_out = plain<steps::copy_out>::call,
           .classic_linearise = plain<steps::classic_linearise>::call,
           .classic_relax = plain<steps::classic_relax>::call,
           .linearise_relax = plain<linearise_relax>::call};
}();

}  // namespace fluxel::kernels
