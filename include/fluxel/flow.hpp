// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the dense flow objects share: frames in, flow out.

#include "fluxel/export.h"
#include "fluxel/image_view.hpp"
#include "fluxel/types.hpp"

namespace fluxel {
inline namespace v0 {

enum class flow_quality : int { fast = 0, balanced = 1, accurate = 2 };

/// What a flow object is built for.
struct flow_geometry {
  int width = 0;
  int height = 0;
  int channels = 1;                      ///< 1 or 2: the first is grey; 3 or 4: red, green, blue (luma of BT.601)
  element_type type = element_type::u8;  ///< u8, u16 or f32
  int count = 1;                         ///< pairs of a batch, solved together
};

/// Why a pixel's flow is not to be trusted. The first that applies.
enum class flow_reason : u8 {
  valid = 0,
  masked = 1,         ///< unknown in a frame, or too near to an unknown pixel
  outside = 2,        ///< the vector leaves the frame
  flat = 3,           ///< no texture in the window
  aperture = 4,       ///< texture in one direction only
  not_converged = 5,  ///< the last warp still moved it by the whole step that is allowed
  inconsistent = 6,   ///< the flow back does not return to it
};

/// Two frames of a geometry, and what is known of them. With a batch every view has `count` images.
template <class T>
struct flow_pair {
  image_view<const T> prev = {}, next = {};
  image_view<const u8> prev_mask = {}, next_mask = {};  ///< 0: the pixel is unknown; no data: all are known
  image_view<const float> initial = {};  ///< a first guess, shaped as the flow; no data: no motion; NaN counts as 0
};

/// Where the results go, all in the frames' memory.
struct flow_result {
  image_view<float> flow = {};        ///< width x height x 2: u and v interleaved, or as 2 planes of one channel
  image_view<u8> validity = {};       ///< flow_reason per pixel; no data: not wanted
  image_view<float> confidence = {};  ///< smaller eigenvalue of the window's structure tensor, (grey levels / px)^2
};

enum class flow_start : int { zero = 0, previous_flow = 1 };

/// The next frame of a sequence.
template <class T>
struct flow_frame {
  image_view<const T> frame = {};
  image_view<const u8> mask = {};       ///< as in flow_pair
  flow_start start = flow_start::zero;  ///< what the search starts from
};

/// When a pixel's flow counts as valid. Eigenvalues are those of the mean structure tensor of the 5 x 5 window in the
/// first frame, in (grey levels / px)^2.
struct flow_validity_options {
  double flat = 1.0;       ///< flat when the larger eigenvalue is below this; >= 0
  double aperture = 0.25;  ///< aperture when the smaller eigenvalue is below this; >= 0
  double consistency = 0;  ///< px between a pixel and where the flow back returns; 0: the flow back is not computed
};

}  // namespace v0
}  // namespace fluxel
