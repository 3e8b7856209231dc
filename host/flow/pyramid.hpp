// SPDX-License-Identifier: Apache-2.0
#pragma once

// Frames to image pyramids, on one backend. Used by all flow objects.

#include <memory>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/flow.hpp"
#include "fluxel/flow_options.hpp"
#include "host/flow/memory.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::host {

/// One frame (or batch of frames), finest level first. Grey is Q8.4; masks mark invalid pixels.
struct frame_pyramid {
  std::vector<kernels::plane<u16>> grey;
  std::vector<kernels::plane<u8>> mask;
  bool masked = false;  ///< false: every pixel is valid, and the masks are not read
};

/// Finest level first.
std::vector<size> pyramid_level_sizes(const flow_geometry& geometry, const flow_pyramid_options& options);

class pyramid_builder {
 public:
  /// @param function  the public one, for messages.
  pyramid_builder(backend b, const char* function, const flow_geometry& geometry,
                  const flow_pyramid_options& options);

  const std::vector<size>& sizes() const { return sizes_; }

  frame_pyramid layout_pyramid(plane_layout& layout) const;
  /// The working memory of `build`.
  void layout_planes(plane_layout& layout);

  /// Enqueues the levels of `frame`. `mask` may be null.
  kernels::status build(const kernels::image& frame, const kernels::image* mask, frame_pyramid& to,
                        const kernels::launch_options& launch) const;

 private:
  const kernels::backend_table& table_;
  kernels::intensity_scale intensity_;
  std::vector<size> sizes_;
  std::vector<double> sigmas_;                                     ///< of the Gaussian before each level; 0: none
  std::vector<std::unique_ptr<kernels::prepared_resize>> reduce_;  ///< to each level; null: none
  kernels::plane<u16> grey_;
  kernels::plane<u8> mask_;
};

}  // namespace fluxel::host
