// SPDX-License-Identifier: Apache-2.0
#pragma once

// Frames in, flow out: what the objects of optical flow share.

#include <type_traits>

#include "fluxel/export.h"
#include "fluxel/image_like.hpp"
#include "fluxel/image_view.hpp"
#include "fluxel/types.hpp"

namespace fluxel {
inline namespace v0 {

/// Pixel values, low below high. Both 0, or equal: the whole type.
struct value_range {
  double low = 0;
  double high = 0;
};

/// What a flow object is built for.
struct flow_geometry {
  int width = 0;                         ///< 1 to 524,288
  int height = 0;                        ///< 1 to 524,288
  int channels = 1;                      ///< 1 or 2: the first is grey; 3 or 4: red, green, blue (luma of BT.601)
  element_type type = element_type::u8;  ///< u8, u16 or f32
  int count = 1;                         ///< pairs of a batch, solved together
  int bit_depth = 16;                    ///< of u16 pixels; 8 to 16
  double white = 1;                      ///< of f32 pixels: the value of full brightness; 1e-30 to 1e30
  value_range range = {};                ///< the values of black and of full brightness, beyond which pixels are cut
                                         ///< off, instead of 0 and the type's largest one, or `white`. Whole numbers
                                         ///< of integer types, as far as bit_depth; of f32 to +-1e30. See
                                         ///< measure_value_range
};

/// A frame that is read, u8, u16 or f32: what parameters are declared as. Images, views, and whatever converts to a
/// view of such pixels convert to it.
class flow_image {
 public:
  flow_image() = default;
  template <image_like Image>
  flow_image(Image&& image)  // NOLINT: converts
      : view_(detail::source<detail::element_of<Image>>(image)) {
    using element = detail::element_of<Image>;
    static_assert(std::is_same_v<element, u8> || std::is_same_v<element, u16> || std::is_same_v<element, f32>,
                  "fluxel: frames for optical flow must be u8, u16 or f32");
  }
  const detail::untyped_view& untyped() const { return view_; }

 private:
  detail::untyped_view view_;
};

/// Two frames of a geometry, and what is known of them. With a batch every view has `count` images.
struct flow_pair {
  flow_image prev = {}, next = {};
  image_view<const u8> prev_mask = {}, next_mask = {};  ///< 0: invalid pixel; null data: every pixel is valid
  image_view<const f32> initial = {};  ///< initial flow, shaped as the result; null data: 0; NaN counts as 0
};

/// The next frame of a sequence.
enum class flow_start : int {
  zero = 0,
  previous_flow = 1,  ///< the result of the call before where, on the coarsest level, it makes the two frames more
                      ///< alike than 0 does (after a cut it does not), else 0; decided for each pair of a batch
};
struct flow_frame {
  flow_image frame = {};
  image_view<const u8> mask = {};       ///< as in flow_pair
  flow_start start = flow_start::zero;  ///< the initial flow
};

/// Where the results go, all in the frames' memory.
struct flow_result {
  image_view<f32> flow = {};        ///< width x height x 2: u and v interleaved, or as 2 planes of one channel
  image_view<u8> validity = {};     ///< flow_reason per pixel; null data: not computed
  image_view<f32> confidence = {};  ///< smaller eigenvalue of the window's structure tensor, (grey levels / px)^2
  image_view<f32> cut_score = {};   ///< 1 x 1, one for each pair: the mean deviation of the difference between the
                                    ///< next frame, warped, and the previous one, per mean deviation of the previous
  ///< one. At most 0.2 where a scene goes on, 1 to 2 across cuts and where motion is
  ///< out of reach; changes of brightness do not count
};

/// Why the flow of a pixel is not to be trusted. The first that applies, in the order that they have here.
enum class flow_reason : u8 {
  valid = 0,
  masked = 1,        ///< invalid, or leads to an invalid pixel of the next frame
  cut = 8,           ///< the frames do not show the same scene, or the motion is out of reach
  outside = 2,       ///< the vector leaves the frame
  flat = 3,          ///< no more texture around than noise has
  aperture = 4,      ///< texture in one direction only
  inconsistent = 6,  ///< the flow around is another one, as where something is hidden, or the backward flow does not
                     ///< return to the pixel
  residual = 7,      ///< what the vector leads to looks different
};

}  // namespace v0
}  // namespace fluxel
