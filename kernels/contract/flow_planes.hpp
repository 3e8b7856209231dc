// SPDX-License-Identifier: Apache-2.0
#pragma once

// The planes and parameters of optical flow.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "fluxel/types.hpp"
#include "kernels/contract/axis.hpp"
#include "kernels/contract/image.hpp"

namespace fluxel::kernels {

/// Flow in 1/64 pixel.
struct flow_planes {
  plane<std::int16_t> u, v;
};

/// In `u` and `v` of a pixel that has no vector (yet).
inline constexpr std::int16_t no_vector = -32768;

/// Cells that something is said of are as large as so many pixels of the level that they are made for.
inline constexpr int region_cell = 8;

/// How vectors spread to other pixels: see common/flow/spreading.hpp.
struct flow_spread {
  int distance = 1;         ///< of the pixels whose vectors are tried, along each axis
  bool fills = false;       ///< pixels without a vector, and only these
  plane<const u8> regions;  ///< with data: only in cells that are not 0; the cells make up the frame
  flow_planes coarse;       ///< with data: the coarser level's vectors are tried too
};

/// Fine flow is in 1/256 pixel, and holds less than 128 px: so many of its units are 1/64 pixel.
inline constexpr int fine_steps = 4;

/// A level of a frame's pyramid whose pixels may be unknown: see common/flow/masks.hpp.
struct known_level {
  plane<u16> grey;
  plane<u8> unknown;
};

/// The filter of a reduction along an axis: output i is made of `taps` pixels from first[i] on. In the backend's
/// memory.
struct known_axis {
  const std::int32_t* first;
  const std::int32_t* weight;  ///< [outputs][taps], in 1/2^14
  int taps;
};
struct known_axes {
  known_axis x, y;
};

/// Working memory of fill_unknown: each level has half the size of the one before, rounded up, the last is one pixel.
struct fill_level {
  flow_planes values;
  plane<u8> unknown;
};

/// One level of the pyramids of two frames. Masks are absent (data is null) or mark unknown pixels with 1.
struct flow_frames {
  plane<const u16> prev, next;
  plane<const u8> prev_mask, next_mask;
};

/// The next frame resampled at the pixels of the previous one, and why a pixel of it is unknown (0: it is known).
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
  std::int32_t low = 0, high = 0;             ///< integer pixels: the range that counts; equal: all of it
  float low_value = 0;                        ///< float pixels: the value of black
};

/// What the smoothness between two neighbours weighs:
///   table[min(|difference of grey|, size - 1)] / sqrt(1 + |difference of flow|^2 * inverse_flow_scale).
struct edge_rule {
  std::span<const float> table;  ///< in the backend's memory
  float inverse_flow_scale = 0;  ///< 1 / epsilon^2 for flow in 1/64 px; 0: the flow does not matter
};

/// What a warp begins with.
struct level_start {
  flow_planes coarse;  ///< with data: the level's flow begins as this one, upscaled
  edge_rule edges;     ///< with a table: edge_weights has to be called
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

/// What the linear system of one warp is made of.
struct warp_equations {
  flow_frames frames;
  warped_frame warped;
  flow_planes flow;  ///< by which it is warped
  edge_rule edges;
  flow_energy energy;
};

struct flow_relaxation {
  std::span<const float> omega;  ///< one per half sweep; 1 is Gauss-Seidel
  int limit = 64;                ///< largest change of the flow, in 1/64 pixel
  int finer = 1;                 ///< the result is in 1/64/finer pixel; 1 or fine_steps
};

/// Lucas-Kanade: the numbers behind a window's equations; see common/flow/lucas_kanade.hpp.
struct window_rule {
  float contrast_limit = 0;  ///< largest trace of a pixel's tensor; > 0
  float scale = 1;           ///< a power of two: tensors are rounded to multiples of 1 / scale
  float change_limit = 0;    ///< of a pixel's rounded right-hand sides; below 2^31
  float ridge = 0;           ///< added to both diagonal entries of a window's sum, in its units
  int limit = 64;            ///< largest change of the flow, in 1/64 pixel
  int finer = 1;             ///< the result is in 1/64/finer pixel; 1 or fine_steps
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

/// Why the warped frame is not known at a pixel.
inline constexpr std::uint8_t flow_masked = 1;
inline constexpr std::uint8_t flow_outside = 2;

/// Slopes of prev + W and of W - prev, W the warped frame, in the units of common/flow/equation.hpp flow_derivatives.
struct slope_planes {
  plane<std::int16_t> mx, my, mxx, mxy, myy, t, tx, ty;
};

/// The linear system of the classic method: see common/flow/pixels.hpp.
struct classic_system {
  plane<float> x, y, t, inverse;
};

}  // namespace fluxel::kernels
