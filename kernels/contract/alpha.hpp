// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "fluxel/types.hpp"
#include "kernels/contract/image.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

/// Color and straight alpha of one image. `colors` samples lie together in each pixel of `color`; the alpha sample
/// may be the next one of the same pixel, or in a plane of its own.
struct alpha_image {
  void* color = nullptr;
  void* alpha = nullptr;  ///< may be null in a destination: then alpha is not written
  int width = 0;
  int height = 0;
  int colors = 1;      ///< 1 or 3
  int color_step = 1;  ///< samples from a pixel to the next
  int alpha_step = 1;
  std::ptrdiff_t color_pitch = 0;  ///< bytes
  std::ptrdiff_t alpha_pitch = 0;
  int max_value = 0;  ///< integer pixels
};

/// Straight alpha around a resize (kernels/common/resize/alpha.hpp). A product image has `colors` + 1
/// channels of f32, alpha last.
struct alpha_functions {
  status (*premultiply)(const alpha_image& src, const image& product, element_type type,
                        const launch_options& launch);
  status (*divide)(const image& product, const alpha_image& dst, element_type type, const launch_options& launch);
};

}  // namespace fluxel::kernels
