// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/flow_lengths.hpp"
#include "fluxel/image_view.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

struct flow_color_options {
  double full_length = 1;  ///< px: vectors of this length have the full color, longer ones are darker; 1e-6 to 1e9
};

/// Draw a dense flow in the colors of Baker et al. (IJCV 2011): the hue is the direction (right is red, down yellow,
/// left cyan, up violet), the saturation is the length, white at rest. Pixels that are not known (a component is NaN
/// or beyond 1e9) are black.
///
/// @param flow    u and v in pixels: 2 channels, or 2 planes of 1 channel.
/// @param colors  R, G, B interleaved; of the same size, count and memory.
/// @throws fluxel::error invalid_argument  views that disagree, or an option out of its range.
/// @throws fluxel::error no_device         device views in a build or on a machine without CUDA.
///
/// The same bytes on every processor. Device calls only enqueue, and allocate nothing.
FLUXEL_API void draw_flow(image_view<const f32> flow, image_view<u8> colors, const flow_color_options& options = {},
                          const placement& where = {}, stream_ref stream = {});

/// Count the lengths of a flow's vectors: `length_of_share` finds what to draw it with.
///
/// @param lengths  one for each image, in the memory of the flow.
/// @throws fluxel::error invalid_argument  another number of lengths, or more than 2^32 - 1 pixels.
///
/// The same bytes on every processor. Device calls only enqueue, and allocate nothing.
FLUXEL_API void measure_flow_lengths(image_view<const f32> flow, std::span<flow_lengths> lengths,
                                     const placement& where = {}, stream_ref stream = {});

}  // namespace v0
}  // namespace fluxel
