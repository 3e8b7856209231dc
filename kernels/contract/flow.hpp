// SPDX-License-Identifier: Apache-2.0
#pragma once

// The steps of dense optical flow.

#include "kernels/contract/coarse_levels.hpp"
#include "kernels/contract/flow_planes.hpp"
#include "kernels/contract/flow_validity.hpp"
#include "kernels/contract/image.hpp"
#include "kernels/contract/launch.hpp"
#include "kernels/contract/pyramid.hpp"
#include "kernels/contract/weighted_median.hpp"

namespace fluxel::kernels {

struct flow_functions {
  /// No motion.
  status (*clear)(const flow_planes& flow, const launch_options& launch);
  /// Grey in Q8.4; NaN and masked pixels become mid-grey and are marked in `mask_out`.
  status (*intensity)(const image& src, const intensity_scale& scale, const image* mask, plane<u16> grey,
                      plane<u8> mask_out, const launch_options& launch);
  /// Between neighbours of a frame with this flow, which may be absent where the rule does not read it.
  status (*edge_weights)(plane<const u16> grey, const flow_planes& flow, const edge_rule& rule, plane<float> right,
                         plane<float> down, const launch_options& launch);
  /// The next frame at the pixels of the previous one; where it is unknown, the previous frame itself, and the
  /// reason.
  status (*warp)(const flow_frames& frames, const flow_planes& flow, const warped_frame& warped,
                 const launch_options& launch);
  /// No motion in every image where `start`, by which the next frame has been warped, makes the frames no more alike
  /// than no motion does; see common/flow/start.hpp. `gain` has room for a number for each image.
  status (*choose_start)(const flow_frames& frames, const warped_frame& warped, std::int64_t* gain,
                         const flow_planes& start, const launch_options& launch);
  /// `other` instead of `flow` in every image where `flow` does not make the frames more alike; each has warped the
  /// next frame. `gain` as above.
  status (*choose_flow_of_pair)(const flow_frames& frames, const warped_frame& by_flow, const warped_frame& by_other,
                                std::int64_t* gain, const flow_planes& other, const flow_planes& flow,
                                const launch_options& launch);
  /// The linear system around the warped frame, for the flow in 1/64 pixel.
  status (*linearise)(const flow_frames& frames, const warped_frame& warped, const flow_planes& flow,
                      const flow_energy& energy, const flow_system& system, const launch_options& launch);
  /// Chebyshev half sweeps from `flow`; `out` becomes the clipped and rounded result. The planes of `scratch` hold
  /// iterates. On a device all planes of floats have one pitch and stride, both flows too, and rows start at
  /// multiples of 16 bytes; else `unsupported`.
  status (*relax)(const flow_system& system, const flow_relaxation& how_far, std::span<const plane<float>, 4> scratch,
                  const flow_planes& flow, const flow_planes& out, const launch_options& launch);
  /// Lucas-Kanade around the warped frame: each pixel's flow from the least squares of its window.
  status (*solve_windows)(const flow_frames& frames, const warped_frame& warped, const flow_energy& energy,
                          const flow_windows& windows, const flow_exchange& flow, const launch_options& launch);
  /// Median over (2 radius + 1)^2 pixels, the border reflected; radius 1, 2 or 3.
  status (*median)(const flow_planes& in, const flow_planes& out, int radius, const launch_options& launch);
  /// Two medians in a row. A backend that gains nothing by it leaves it null; else it may use `between`. The three
  /// flows share no memory.
  status (*median_twice)(const flow_planes& in, const flow_planes& between, const flow_planes& out, int radius,
                         const launch_options& launch);
  /// How far the flow of each pixel is to be trusted, 0 to 255, the next frame having been warped by it; see
  /// common/flow/weighted_median.hpp.
  status (*trust)(plane<const u16> prev, const flow_planes& flow, const warped_frame& warped, plane<u8> trust,
                  const launch_options& launch);
  /// Weighted median, the border reflected. The flows share no memory.
  status (*weighted_median)(const flow_planes& in, const median_guide& guide, plane<const u8> trust,
                            const weighted_median_rule& rule, const flow_planes& out, const launch_options& launch);
  /// Bilinear, half-pixel; vectors grow with the image.
  status (*upscale_flow)(const flow_planes& coarse, const flow_planes& fine, const launch_options& launch);
  /// Flow in pixels, as two planes or two interleaved channels.
  status (*store_flow)(const flow_planes& flow, const image& u, const image& v, const launch_options& launch);
  /// The same of fine flow.
  status (*store_fine_flow)(const flow_planes& fine, const image& u, const image& v, const launch_options& launch);
  /// From fine flow to 1/64 pixel, half up. Both may be the same planes.
  status (*round_fine_flow)(const flow_planes& fine, const flow_planes& flow, const launch_options& launch);
  /// Eigenvalues of the structure tensor of each pixel's (2 radius + 1)^2 window, (grey levels / px)^2, radius 0 to
  /// 15; see common/flow/structure.hpp. `larger` may be absent (data is null).
  status (*structure)(plane<const u16> grey, int radius, plane<float> smaller, plane<float> larger,
                      const launch_options& launch);

  /// A level that has been reduced from `fine` as if all its pixels were known: those made of unknown ones become the
  /// means of the known ones (normalised convolution, Knutsson and Westin 1993), or are unknown.
  status (*normalise_level)(const known_level& fine, const known_level& coarse, const known_axes& axes, bool coarsest,
                            const launch_options& launch);
  /// Unknown pixels of a level, made from the next coarser one.
  status (*fill_level_from)(const known_level& coarse, const known_level& fine, const launch_options& launch);
  /// Values where `unknown` is flow_masked, made from the known ones around: means over squares of growing size, and
  /// between them. `v` may be absent (data is null). Images without a known pixel stay.
  status (*fill_unknown)(const flow_planes& values, plane<const u8> unknown, std::span<const fill_level> levels,
                         const launch_options& launch);
  /// flow_masked where less than a quarter of the pixels of a window of (2 radius + 1)^2 are known, else 0. `across`
  /// is working memory.
  status (*find_unknown_windows)(plane<const u8> reason, int radius, plane<u8> across, plane<u8> unknown,
                                 const launch_options& launch);
  /// Whether no pixel of a mask is unknown. Null where that cannot be told at once.
  bool (*all_known)(plane<const u8> unknown);
  /// What block matching compares of a frame: see common/flow/matching.hpp.
  status (*detail)(plane<const u16> grey, plane<u8> detail, const launch_options& launch);
  /// The best match of every pixel of one frame's detail in the other's, within `radius` whole pixels, at most 127.
  /// `keys` is working memory of twice the frames' width, read by backends on devices.
  status (*match_blocks)(plane<const u8> prev, plane<const u8> next, int radius, plane<std::uint64_t> keys,
                         const flow_planes& forward, const flow_planes& backward, const launch_options& launch);
  /// no_vector in `forward` where `backward` does not lead back, or a pixel is unknown.
  status (*check_matches)(const flow_frames& frames, const flow_planes& forward, const flow_planes& backward,
                          const launch_options& launch);
  /// Vectors of `other` in `flow`, where whole regions are more alike by them, and `taken` is then 1: each has warped
  /// the next frame. `evidence` is working memory.
  status (*choose_flow)(const flow_frames& frames, const warped_frame& by_flow, const warped_frame& by_other,
                        plane<u8> evidence, const flow_planes& other, const flow_planes& flow, plane<u8> taken,
                        const launch_options& launch);
  /// The cells in and beside which something is taken; they are parts of the frame.
  status (*mark_regions)(plane<const u8> taken, plane<u8> regions, const launch_options& launch);
  /// Vectors spread to pixels that fit better by them; the flows share no memory.
  status (*spread_flow)(const flow_frames& frames, const flow_spread& how, const flow_planes& from,
                        const flow_planes& to, const launch_options& launch);
  /// The inverse of store_flow, saturated; NaN is no motion.
  status (*load_flow)(const image& u, const image& v, const flow_planes& flow, const launch_options& launch);
  /// The vectors at the middle of the coarser pixels, shortened as the image is. Equal sizes: a copy.
  status (*downscale_flow)(const flow_planes& fine, const flow_planes& coarse, const launch_options& launch);
  /// Differences, noise and the cut score of each pair, and the limits that follow.
  status (*measure_pair)(const pair_measurement& m, const launch_options& launch);
  /// Reasons (flow_masked ...) to a u8 image.
  status (*assess)(const flow_assessment& a, const image& validity, const launch_options& launch);
  /// flow_inconsistent where the flow back misses the pixel by more than the squared distance (return_error's units),
  /// flow_outside where the vector leaves the frame, else 0.
  status (*check_forward_backward)(const flow_planes& flow, const flow_planes& back, std::int64_t largest,
                                   const image& reasons, const launch_options& launch);
  /// The slopes that `linearise` takes, masks aside.
  status (*slopes)(const flow_frames& frames, plane<const std::int16_t> warped, const slope_planes& to,
                   const launch_options& launch);
  /// A plane of floats to an f32 image.
  status (*copy_out)(plane<const float> from, const image& to, const launch_options& launch);
  status (*classic_linearise)(const flow_frames& frames, const classic_system& system, float lambda,
                              const launch_options& launch);
  /// Jacobi iterations from u and v; after an odd number of them the result is in next_u and next_v.
  status (*classic_relax)(const classic_system& system, int iterations, plane<float> u, plane<float> v,
                          plane<float> next_u, plane<float> next_v, const launch_options& launch);

  // Several steps at once. A backend may leave these null: the steps above do the same.

  prepare_pyramid_function prepare_pyramid;
  /// One warp up to the linear system: upscale_flow and edge_weights where `start` has them, warp, linearise.
  /// `warped` may be left as it was.
  status (*warp_linearise)(const flow_frames& frames, const level_start& start, const warped_frame& warped,
                           const flow_planes& flow, const flow_energy& energy, const flow_system& system,
                           const launch_options& launch);
  /// edge_weights, linearise and relax. `system` may be left as it was.
  status (*linearise_relax)(const warp_equations& equations, const flow_system& system,
                            const flow_relaxation& how_far, std::span<const plane<float>, 4> scratch,
                            const flow_planes& out, const launch_options& launch);
  /// One warp of Lucas-Kanade: upscale_flow to `flow.from` where `start` has it, warp, solve_windows. `warped` may be
  /// left as it was.
  status (*warp_solve_windows)(const flow_frames& frames, const level_start& start, const warped_frame& warped,
                               const flow_energy& energy, const flow_windows& windows, const flow_exchange& flow,
                               const launch_options& launch);
  /// How many of the coarsest levels solve_coarse_levels takes of a pyramid. `sizes` are finest first; level
  /// `alone_at` is solved twice: none, where there are not so many.
  std::size_t (*count_coarse_levels)(std::span<const size> sizes, std::size_t alone_at,
                                     const coarse_level_rule& rule);
  status (*solve_coarse_levels)(const coarse_levels& levels, const coarse_level_rule& rule,
                                const launch_options& launch);
};

}  // namespace fluxel::kernels
