// SPDX-License-Identifier: Apache-2.0
#pragma once

// Flow as a picture.

#include "fluxel/flow_lengths.hpp"
#include "kernels/contract/image.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

/// The components of a flow in pixels: images of one plane, `channels` floats from a pixel to the next.
struct flow_images {
  image u, v;
};

struct flow_color_functions {
  /// @param inverse_length  1 / the length of the full color, px
  /// @param colors          R, G, B
  status (*draw)(const flow_images& flow, float inverse_length, const image& colors, const launch_options& launch);
  /// @param lengths  one for each image
  status (*measure)(const flow_images& flow, flow_lengths* lengths, const launch_options& launch);
};

}  // namespace fluxel::kernels
