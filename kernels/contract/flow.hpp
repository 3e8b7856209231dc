// SPDX-License-Identifier: Apache-2.0
#pragma once

// The optical-flow columns of the table in kernels.hpp.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "fluxel/types.hpp"

namespace fluxel::kernels {

enum class status : int;
struct image;
struct mask_reach;
struct launch_options;

/// One working plane per image of a batch; pitch and stride count elements.
template <class T>
struct plane {
  T* data = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t pitch = 0;
  int count = 1;
  std::ptrdiff_t stride = 0;

  operator plane<const T>() const requires(!std::is_const_v<T>) {
    return {data, width, height, pitch, count, stride};
  }
};

/// Flow in 1/64 pixel.
struct flow_planes {
  plane<std::int16_t> u, v;
};

/// One level of the pyramids of two frames. Masks are absent (data is null) or mark unknown pixels with 1.
struct flow_frames {
  plane<const u16> first, second;
  plane<const u8> first_mask, second_mask;
};

/// The second frame resampled at the first one's pixels, and why a pixel of it is unknown (0: it is known).
struct warped_frame {
  plane<std::int16_t> grey;
  plane<u8> reason;
};

/// How pixels become intensities: Q8.4 on [0, 255].
struct intensity_scale {
  element_type type = element_type::u8;
  std::int32_t red = 0, green = 0, blue = 0;  ///< luma weights in 1/2^14; used with 3 or 4 channels
  float scale = 1;                            ///< float pixels: intensity units per unit
  int bit_depth = 8;                          ///< u16 pixels
};

/// What the data term and the smoothness term weigh.
struct flow_energy {
  float brightness = 0;
  float gradient = 0;
  float inverse_brightness_scale = 0;  ///< 1 / epsilon^2 of the Charbonnier penalty; 0 is quadratic
  float inverse_gradient_scale = 0;
  float smoothness = 0;  ///< alpha^2 on [0, 255]
};

/// Elements that a row of a plane of flow_system or of relax's scratch has room for: a backend lays rows out as it
/// likes.
inline constexpr int flow_row_elements(int width) { return (width + 31) / 32 * 32 + 32; }

/// The linear system of one warp: see common/flow/equation.hpp flow_equation, and the weights between neighbours.
struct flow_system {
  plane<float> i11, i12, i22, c1, c2;
  plane<float> right, down;  ///< to the next pixel and the next row; 0 at the border
};

struct flow_relaxation {
  std::span<const float> omega;  ///< one per half sweep; 1 is Gauss-Seidel
  int limit = 64;                ///< largest change of the flow, in 1/64 pixel
};

/// Lucas-Kanade: the numbers behind a window's equations; see common/flow/lucas_kanade.hpp.
struct window_rule {
  float contrast_limit = 0;  ///< largest trace of a pixel's tensor; > 0
  float scale = 1;           ///< a power of two: tensors are rounded to multiples of 1 / scale
  float change_limit = 0;    ///< of a pixel's rounded right-hand sides; below 2^31
  float ridge = 0;           ///< added to both diagonal entries of a window's sum, in its units
  int limit = 64;            ///< largest change of the flow, in 1/64 pixel
};

inline constexpr int window_max_radius = 15;

/// Windows of (2 radius + 1)^2 pixels; what lies outside the image adds nothing.
struct flow_windows {
  window_rule rule;
  int radius = 2;
  std::span<const std::int32_t> weights;  ///< 2 radius + 1 for either direction, on the host; none: all 1
  plane<const float> smaller;             ///< with data: where it is below `least_eigenvalue`, the flow stays
  float least_eigenvalue = 0;
  std::array<plane<std::int32_t>, 5> entries;  ///< of the frames' size, for window_entry; read by backends on devices
};

/// From one flow to the next; they share no memory.
struct flow_exchange {
  flow_planes from, to;
};

/// Why a pixel has no data term, or no trustworthy flow.
inline constexpr std::uint8_t flow_masked = 1;
inline constexpr std::uint8_t flow_outside = 2;
inline constexpr std::uint8_t flow_flat = 3;
inline constexpr std::uint8_t flow_aperture = 4;
inline constexpr std::uint8_t flow_not_converged = 5;
inline constexpr std::uint8_t flow_inconsistent = 6;

/// Slopes of I1 + W and of W - I1 in the units of common/flow/equation.hpp flow_derivatives.
struct slope_planes {
  plane<std::int16_t> mx, my, mxx, mxy, myy, t, tx, ty;
};

/// What makes a pixel's flow valid. All planes have the finest level's size.
struct flow_assessment {
  flow_planes flow;                             ///< the result
  plane<const u8> warped_reason;                ///< of the second frame warped by it
  bool masked = false;                          ///< whether a pixel may be masked
  plane<const float> smaller, larger;           ///< eigenvalues: see `structure`
  flow_planes before, relaxed;                  ///< around the last warp's step
  flow_planes back;                             ///< from the second frame to the first; no data: not known
  float flat = 0, aperture = 0;                 ///< eigenvalues below them
  int limit = 0;                                ///< a step of this many units did not converge
  std::int64_t max_forward_backward_error = 0;  ///< see common/flow/pixels.hpp return_error
};

/// The linear system of the classic method: see common/flow/pixels.hpp.
struct classic_system {
  plane<float> x, y, t, inverse;
};

struct flow_functions {
  /// No motion.
  status (*clear)(const flow_planes& flow, const launch_options& launch);
  /// Grey in Q8.4; NaN and masked pixels become mid-grey and are marked in `mask_out`.
  status (*intensity)(const image& src, const intensity_scale& scale, const image* mask, plane<u16> grey,
                      plane<u8> mask_out, const launch_options& launch);
  /// table[min(|difference|, size - 1)] between neighbours of the first frame; the table is the backend's memory.
  status (*edge_weights)(plane<const u16> first, std::span<const float> table, plane<float> right, plane<float> down,
                         const launch_options& launch);
  /// The second frame at the first one's pixels; where it is unknown, the first frame itself, and the reason.
  status (*warp)(const flow_frames& frames, const flow_planes& flow, const warped_frame& warped,
                 const launch_options& launch);
  /// The linear system around the warped frame, for the flow in 1/64 pixel.
  status (*linearise)(const flow_frames& frames, const warped_frame& warped, const flow_planes& flow,
                      const flow_energy& energy, const flow_system& system, const launch_options& launch);
  /// Chebyshev half sweeps from `flow`; `out` becomes the clipped and rounded result. The planes of `scratch` hold
  /// iterates.
  status (*relax)(const flow_system& system, const flow_relaxation& how_far, std::span<const plane<float>, 4> scratch,
                  const flow_planes& flow, const flow_planes& out, const launch_options& launch);
  /// Lucas-Kanade around the warped frame: each pixel's flow from the least squares of its window.
  status (*solve_windows)(const flow_frames& frames, const warped_frame& warped, const flow_energy& energy,
                          const flow_windows& windows, const flow_exchange& flow, const launch_options& launch);
  /// Median over (2 radius + 1)^2 pixels, the border reflected; radius 1, 2 or 3.
  status (*median)(const flow_planes& in, const flow_planes& out, int radius, const launch_options& launch);
  /// Bilinear, half-pixel; vectors grow with the image.
  status (*upscale_flow)(const flow_planes& coarse, const flow_planes& fine, const launch_options& launch);
  /// Flow in pixels, as two planes or two interleaved channels.
  status (*store_flow)(const flow_planes& flow, const image& u, const image& v, const launch_options& launch);
  /// Eigenvalues of the structure tensor of each pixel's (2 radius + 1)^2 window, (grey levels / px)^2, radius 0 to
  /// 15; see common/flow/structure.hpp. `larger` may be absent (data is null).
  status (*structure)(plane<const u16> grey, int radius, plane<float> smaller, plane<float> larger,
                      const launch_options& launch);

  /// The mask of a level from the finer one's: a pixel is unknown when one that it is made of is.
  status (*reduce_mask)(plane<const u8> fine, plane<u8> coarse, const mask_reach& reach,
                        const launch_options& launch);
  /// The inverse of finish, saturated; NaN is no motion.
  status (*load_flow)(const image& u, const image& v, const flow_planes& flow, const launch_options& launch);
  /// The vectors at the middle of the coarser pixels, shortened as the image is. Equal sizes: a copy.
  status (*downscale_flow)(const flow_planes& fine, const flow_planes& coarse, const launch_options& launch);
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
};

}  // namespace fluxel::kernels
