// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "fluxel/types.hpp"
#include "host/program/video/frames/transform.hpp"

namespace fluxel::cli {

constexpr int largest_side = 65535;

enum class fit : int {
  stretch = 0,  ///< exactly the size
  contain = 1,  ///< the largest size of the input's shape inside it
  cover = 2,    ///< exactly the size, the middle of the input of that shape
  pad = 3,      ///< exactly the size, `contain` in the middle and bars around it
};

/// A part of the picture as it stands upright, in its own pixels.
struct crop_request {
  double width = 0;
  double height = 0;
  std::optional<double> left, top;  ///< nothing: in the middle
};

/// What the user asked for: one of the three sizes.
struct size_request {
  size displayed{};  ///< -n: the side that keeps the shape, as a multiple of n
  double scale = 0;
  int shorter = 0;  ///< of the two sides
  fluxel::cli::fit fit = fluxel::cli::fit::stretch;
  std::optional<crop_request> crop;
  bool square_pixels = false;
};

/// How the stored pictures are resized.
struct layout {
  size picture;  ///< of the whole output
  size resized;  ///< of the part that is filled
  int left = 0;  ///< where that part begins
  int top = 0;
  rect region;                 ///< of the input that is used
  std::optional<rect> crop;    ///< of the input: nothing beyond it is read, but for pixels that it cuts
  video::ratio sample_aspect;  ///< of the output, so that the shape on the screen stays; 0 is unknown
};

/// Sizes are those of the picture as it is shown: upright, and with its pixels made square where the request leaves a
/// side, the shape or the pixels' aspect to us.
/// @throws video::failure usage  the request leads to a picture that is too small or too large.
layout make_layout(const video::picture_info& in, const size_request& request);

}  // namespace fluxel::cli
