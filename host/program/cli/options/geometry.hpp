// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "fluxel/types.hpp"
#include "host/program/video/frames/transform.hpp"

namespace fluxel::cli {

enum class fit : int {
  stretch = 0,  ///< exactly the size
  contain = 1,  ///< the largest size of the input's shape inside it
  cover = 2,    ///< exactly the size, the middle of the input of that shape
  pad = 3,      ///< exactly the size, `contain` in the middle and bars around it
};

/// What the user asked for.
struct size_request {
  size displayed{};  ///< negative: see `read_size`; 0x0 when a scale is given
  double scale = 0;
  fluxel::cli::fit fit = fit::stretch;
};

/// How the stored pictures are resized.
struct layout {
  size picture;  ///< of the whole output
  size resized;  ///< of the part that is filled
  int left = 0;  ///< where that part begins
  int top = 0;
  std::optional<rect> region;  ///< of the input that is used
  video::ratio sample_aspect;  ///< of the output, so that the shape on the screen stays; 0 is unknown
};

/// @throws video::failure usage  the request leads to an empty picture.
layout make_layout(const video::picture_info& in, const size_request& request);

}  // namespace fluxel::cli
