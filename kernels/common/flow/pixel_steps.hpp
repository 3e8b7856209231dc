// SPDX-License-Identifier: Apache-2.0
#pragma once

// The functions of flow_functions that compute each pixel on its own, for a backend that says how a body is run on
// every pixel.

#include "kernels/common/flow/assess.hpp"
#include "kernels/common/flow/classic.hpp"
#include "kernels/common/flow/fill.hpp"
#include "kernels/common/flow/masks.hpp"
#include "kernels/common/flow/matching.hpp"
#include "kernels/common/flow/pixels.hpp"
#include "kernels/common/flow/slopes.hpp"
#include "kernels/common/flow/spreading.hpp"
#include "kernels/common/flow/start.hpp"
#include "kernels/common/flow/weighted_median.hpp"
#include "kernels/contract/flow.hpp"
#include "kernels/contract/pixel_type.hpp"

namespace fluxel::kernels {

/// Run()(plane, launch, body) calls body(n, x, y) for every pixel of a plane's images; Run::sum(plane, launch, body,
/// sums) adds up what it returns, one sum for each image.
template <class Run>
struct pixel_steps {
  using options = const launch_options&;

  static status clear(const flow_planes& flow, options launch) { return Run()(flow.u, launch, clear_pixel{flow}); }
  static status intensity(const image& src, const intensity_scale& scale, const image* mask, plane<u16> grey,
                          plane<u8> mask_out, options launch) {
    return visit_pixel_type(every_flow_type, scale.type, status::unsupported, [&]<class T>(std::type_identity<T>) {
      return Run()(grey, launch, intensity_pixel<T>{src, mask == nullptr ? image{} : *mask, scale, grey, mask_out});
    });
  }
  static status edge_weights(plane<const u16> grey, const flow_planes& flow, const edge_rule& rule,
                             plane<float> right, plane<float> down, options launch) {
    return Run()(grey, launch,
                 edge_weights_pixel{grey, flow, rule.table.data(), static_cast<int>(rule.table.size()) - 1,
                                    rule.inverse_flow_scale, right, down});
  }
  static status warp(const flow_frames& frames, const flow_planes& flow, const warped_frame& warped, options launch) {
    return Run()(frames.prev, launch, warp_pixel{frames, flow, warped});
  }
  static status choose_start(const flow_frames& frames, const warped_frame& warped, std::int64_t* gain,
                             const flow_planes& start, options launch) {
    const status summed = Run::sum(frames.prev, launch, start_gain{frames, warped}, gain);
    return summed == status::ok ? Run()(start.u, launch, keep_start_pixel{start, gain}) : summed;
  }
  static status choose_flow_of_pair(const flow_frames& frames, const warped_frame& by_flow,
                                    const warped_frame& by_other, std::int64_t* gain, const flow_planes& other,
                                    const flow_planes& flow, options launch) {
    const status summed = Run::sum(frames.prev, launch, flow_gain{frames, by_flow, by_other}, gain);
    return summed == status::ok ? Run()(flow.u, launch, take_other_flow_pixel{other, flow, gain}) : summed;
  }
  static status trust(plane<const u16> prev, const flow_planes& flow, const warped_frame& warped, plane<u8> trust,
                      options launch) {
    return Run()(prev, launch, trust_pixel{prev, flow, warped, trust});
  }
  static status upscale_flow(const flow_planes& coarse, const flow_planes& fine, options launch) {
    return Run()(fine.u, launch, upscale_flow_pixel(coarse, fine));
  }
  static status downscale_flow(const flow_planes& fine, const flow_planes& coarse, options launch) {
    return Run()(coarse.u, launch, downscale_flow_pixel{fine, coarse});
  }
  static status load_flow(const image& u, const image& v, const flow_planes& flow, options launch) {
    return Run()(flow.u, launch, load_flow_pixel{u, v, flow});
  }
  static status store_flow(const flow_planes& flow, const image& u, const image& v, options launch) {
    return Run()(flow.u, launch, store_flow_pixel{flow, u, v});
  }
  static status store_fine_flow(const flow_planes& fine, const image& u, const image& v, options launch) {
    return Run()(fine.u, launch, store_fine_flow_pixel{fine, u, v});
  }
  static status round_fine_flow(const flow_planes& fine, const flow_planes& flow, options launch) {
    return Run()(flow.u, launch, round_fine_flow_pixel{fine, flow});
  }
  static status copy_out(plane<const float> from, const image& to, options launch) {
    return Run()(from, launch, copy_out_pixel{from, to});
  }
  static status normalise_level(const known_level& fine, const known_level& coarse, const known_axes& axes,
                                bool coarsest, options launch) {
    return Run()(coarse.grey, launch, normalise_pixel{fine, coarse, axes, coarsest ? u8{0} : pixel_changed});
  }
  static status fill_level_from(const known_level& coarse, const known_level& fine, options launch) {
    return Run()(fine.grey, launch, fill_level_pixel(coarse, fine));
  }
  static status fill_unknown(const flow_planes& values, plane<const u8> unknown, std::span<const fill_level> levels,
                             options launch) {
    return fill_by_levels(values, unknown, levels,
                          [&](const auto& p, const auto& body) { return Run()(p, launch, body); });
  }
  static status find_unknown_windows(plane<const u8> reason, int radius, plane<u8> across, plane<u8> unknown,
                                     options launch) {
    const status counted = Run()(reason, launch, count_masked_pixel{reason, radius, across});
    return counted == status::ok ? Run()(reason, launch, unknown_window_pixel{across, radius, unknown}) : counted;
  }
  static status detail(plane<const u16> grey, plane<u8> detail, options launch) {
    return Run()(grey, launch, detail_pixel{grey, detail});
  }
  static status match_blocks(plane<const u8> prev, plane<const u8> next, int radius, plane<std::uint64_t>,
                             const flow_planes& forward, const flow_planes& backward, options launch) {
    const status there = Run()(prev, launch, match_pixel{prev, next, radius, 1, forward});
    return there == status::ok ? Run()(prev, launch, match_pixel{next, prev, radius, -1, backward}) : there;
  }
  static status check_matches(const flow_frames& frames, const flow_planes& forward, const flow_planes& backward,
                              options launch) {
    return Run()(frames.prev, launch, check_match_pixel{frames, forward, backward});
  }
  static status choose_flow(const flow_frames& frames, const warped_frame& by_flow, const warped_frame& by_other,
                            plane<u8> evidence, const flow_planes& other, const flow_planes& flow, plane<u8> taken,
                            options launch) {
    const status weighed = Run()(frames.prev, launch, weigh_flows_pixel{frames, by_flow, by_other, evidence});
    return weighed == status::ok ? Run()(evidence, launch, choose_flow_pixel{evidence, other, flow, taken}) : weighed;
  }
  static status mark_regions(plane<const u8> taken, plane<u8> regions, options launch) {
    return Run()(regions, launch, mark_region_cell{taken, regions});
  }
  static status spread_flow(const flow_frames& frames, const flow_spread& how, const flow_planes& from,
                            const flow_planes& to, options launch) {
    return Run()(to.u, launch, spread_flow_pixel{frames, how, from, to});
  }
  static status slopes(const flow_frames& frames, plane<const std::int16_t> warped, const slope_planes& to,
                       options launch) {
    return Run()(frames.prev, launch, slopes_pixel{frames, warped, to});
  }
  static status assess(const flow_assessment& a, const image& validity, options launch) {
    return Run()(a.flow.u, launch, assess_pixel{a, validity});
  }
  static status check_forward_backward(const flow_planes& flow, const flow_planes& back, std::int64_t largest,
                                       const image& reasons, options launch) {
    return Run()(flow.u, launch, forward_backward_pixel{flow, back, largest, reasons});
  }
  static status classic_linearise(const flow_frames& frames, const classic_system& system, float lambda,
                                  options launch) {
    return Run()(frames.prev, launch, classic_linearise_pixel{frames, system, lambda});
  }
  static status classic_relax(const classic_system& system, int iterations, plane<float> u, plane<float> v,
                              plane<float> next_u, plane<float> next_v, options launch) {
    return classic_iterations(iterations, {system, u, v, next_u, next_v},
                              [&](const classic_sweep_pixel& sweep) { return Run()(sweep.u, launch, sweep); });
  }

  /// The table with these steps. Those that look at a neighbourhood of results are null: each backend has its own.
  /// So are those that do several steps at once.
  static constexpr flow_functions functions() {
    return {.clear = clear,
            .intensity = intensity,
            .edge_weights = edge_weights,
            .warp = warp,
            .choose_start = choose_start,
            .choose_flow_of_pair = choose_flow_of_pair,
            .linearise = nullptr,
            .relax = nullptr,
            .solve_windows = nullptr,
            .median = nullptr,
            .median_twice = nullptr,
            .trust = trust,
            .weighted_median = nullptr,
            .upscale_flow = upscale_flow,
            .store_flow = store_flow,
            .store_fine_flow = store_fine_flow,
            .round_fine_flow = round_fine_flow,
            .structure = nullptr,
            .normalise_level = normalise_level,
            .fill_level_from = fill_level_from,
            .fill_unknown = fill_unknown,
            .find_unknown_windows = find_unknown_windows,
            .all_known = nullptr,
            .detail = detail,
            .match_blocks = nullptr,
            .check_matches = check_matches,
            .choose_flow = choose_flow,
            .mark_regions = mark_regions,
            .spread_flow = spread_flow,
            .load_flow = load_flow,
            .downscale_flow = downscale_flow,
            .measure_pair = nullptr,
            .assess = assess,
            .check_forward_backward = check_forward_backward,
            .slopes = slopes,
            .copy_out = copy_out,
            .classic_linearise = classic_linearise,
            .classic_relax = classic_relax,
            .prepare_pyramid = nullptr,
            .warp_linearise = nullptr,
            .warp_solve_windows = nullptr,
            .count_coarse_levels = nullptr,
            .solve_coarse_levels = nullptr};
  }
};

}  // namespace fluxel::kernels
