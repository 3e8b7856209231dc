// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "fluxel/types.hpp"

namespace fluxel::bench {

/// A transposed convolution of one f32 image in host memory; channels in planes, or interleaved.
struct deconvolution_task {
  int in, out, groups;
  size src;
  int kernel, stride, pad;
  bool interleaved;
  const float* from;
  const float* weights;  // (in, out / groups, kernel, kernel)
  float* to;
  int threads;  // 0: all

  size dst() const {
    return {(src.width - 1) * stride + kernel - 2 * pad, (src.height - 1) * stride + kernel - 2 * pad};
  }
};

/// Empty when oneDNN cannot, or was not there when this was built.
std::function<void()> deconvolution_of_onednn(const deconvolution_task& task);

}  // namespace fluxel::bench
