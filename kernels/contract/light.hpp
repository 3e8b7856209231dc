// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "fluxel/types.hpp"
#include "kernels/contract/image.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

/// Samples of one or three colors, and perhaps alpha behind them: packed, planar, or both. u8 or u16.
struct light_samples {
  void* data[4] = {};
  std::ptrdiff_t pitch[4] = {};  ///< bytes
  int step[4] = {};              ///< samples from a pixel to the next
  int width = 0;
  int height = 0;
  int colors = 3;
  bool alpha = false;
  element_type type{};
  int max_value = 0;
  int low_zero_bits = 0;  ///< u16: values are the bits above

  int channels() const { return colors + (alpha ? 1 : 0); }
};

/// A curve of [0, 1] in straight pieces (kernels/common/resize/light.hpp), in the backend's memory.
struct light_curve {
  const float* base = nullptr;
  const float* slope = nullptr;
};

/// Between samples and linear light: interleaved f32 of [0, 1], alpha last.
struct light_call {
  light_samples samples;
  image light;
  light_curve curve;
  float matrix[3][4] = {};  ///< of three samples and 1: to red, green and blue, or back; of one: the first row's ends
};

struct light_functions {
  status (*decode)(const light_call& call, const launch_options& launch);  ///< samples to light
  status (*encode)(const light_call& call, const launch_options& launch);  ///< light to samples
};

}  // namespace fluxel::kernels
