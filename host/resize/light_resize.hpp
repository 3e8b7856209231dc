// SPDX-License-Identifier: Apache-2.0
#pragma once

// Resizes in linear light: decode to f32, resize, encode.

#include <mutex>

#include "host/plan/light.hpp"
#include "host/resize/resize_engine.hpp"

namespace fluxel::host {

/// On one backend. What is between is kept in the object, so calls on the CPU take turns, and calls on CUDA share a
/// stream.
class light_resize {
 public:
  /// @param plan  of the samples; geometry.channels counts the colors and, where options.alpha says so, the alpha.
  light_resize(const plane_plan& plan, const plan::light_matrices& matrices, backend b,
               const resolved_placement& where);

  /// `colors`, `alpha` and depth of both are those of the plan.
  kernels::status run(const kernels::light_samples& src, const kernels::light_samples& dst,
                      const run_context& context) const;
  /// Packed pixels.
  kernels::status run(const kernels::image_pair& pair, const run_context& context) const;

 private:
  kernels::light_samples packed(const kernels::image& im, int n, int p) const;
  kernels::light_call call_of(const kernels::light_samples& samples, float* light, const float* curve,
                              const plan::light_matrix& matrix) const;
  static plane_plan light_plan(plane_plan plan);

  plane_plan plan_;
  plan::light_matrices matrices_;
  resize_engine resize_;
  device_buffer curves_, src_, dst_;
  mutable std::mutex turn_;
};

}  // namespace fluxel::host
