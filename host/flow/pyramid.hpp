// SPDX-License-Identifier: Apache-2.0
#pragma once

// Frames to image pyramids, on one backend. Used by all flow objects.

#include <memory>
#include <span>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/flow.hpp"
#include "fluxel/flow_options.hpp"
#include "host/flow/fill_levels.hpp"
#include "host/flow/memory.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::host {

/// One frame (or batch of frames), finest level first. Grey is Q8.4; masks mark unknown pixels, whose grey is filled
/// in from around.
struct frame_pyramid {
  std::vector<kernels::plane<u16>> grey;
  std::vector<kernels::plane<u8>> mask;
  kernels::plane<u8> own_mask;  ///< of the frame as it was given; smoothing can make a single unknown pixel known
  bool masked = false;          ///< false: every pixel is valid, and the masks are not read
  std::size_t grey_bytes = 0;   ///< of the planes without the masks, which lie behind them
  std::size_t bytes = 0;        ///< of all
};

/// Finest level first.
std::vector<size> pyramid_level_sizes(const flow_geometry& geometry, const flow_pyramid_options& options);

/// What of a frame becomes a pyramid: colors only of frames with 3 or 4 channels.
enum class frame_component { luma, red, green, blue };

/// A frame, its mask (null data: every pixel is known) and where its pyramid goes.
struct pyramid_task {
  kernels::image frame, mask;
  frame_pyramid* to;
  frame_component component = frame_component::luma;
  std::ptrdiff_t kept_at = 0;  ///< see kernels::pyramid_frame; `advance` fills it in
};

class pyramid_builder {
 public:
  /// @param function  the public one, for messages.
  /// @param memory    of its tables; outlives them.
  pyramid_builder(backend b, const char* function, const flow_geometry& geometry, const flow_pyramid_options& options,
                  object_memory& memory);

  const std::vector<size>& sizes() const { return sizes_; }

  frame_pyramid layout_pyramid(plane_layout& layout) const;
  /// The working memory of `build`.
  void layout_planes(plane_layout& layout);

  /// Enqueues the levels of at most two frames.
  kernels::status build(std::span<const pyramid_task> tasks, const kernels::launch_options& launch) const;
  kernels::status build(const pyramid_task& task, const kernels::launch_options& launch) const {
    return build({&task, 1}, launch);
  }

  /// The next frame of a sequence: what `task.to` holds goes to `prev` first, which lies in the same block.
  kernels::status advance(pyramid_task task, frame_pyramid& prev, const kernels::launch_options& launch) const;

 private:
  using grey_plane = kernels::plane<u16>;
  /// The frame's intensities before any smoothing, of a task and by its place among them.
  grey_plane opened_plane(const pyramid_task& task, std::size_t place) const;
  bool reads_pixels(const pyramid_task& task) const;
  bool reads_range() const;
  void upload_axes(std::span<const kernels::resize_recipe> recipes, const char* function);
  kernels::status open(const pyramid_task& task, grey_plane to, const kernels::launch_options& launch) const;
  kernels::status reduce(std::span<const pyramid_task> tasks, const kernels::launch_options& launch) const;
  kernels::status reduce_alike(std::span<const pyramid_task> tasks, const kernels::launch_options& launch) const;
  kernels::status reduce_in_turn(const pyramid_task& task, grey_plane opened,
                                 const kernels::launch_options& launch) const;
  kernels::status settle_masks(const pyramid_task& task, grey_plane opened,
                               const kernels::launch_options& launch) const;
  kernels::status fill_holes(const frame_pyramid& p, const kernels::launch_options& launch) const;
  std::size_t first_reduced() const { return smooths() ? 0 : 1; }  ///< the level that is the first to be reduced
  bool smooths() const { return sigmas_[0] != 0; }

  const kernels::backend_table& table_;
  kernels::intensity_scale intensity_;
  std::vector<size> sizes_;
  std::vector<double> sigmas_;                                     ///< of the Gaussian before each level; 0: none
  std::vector<std::unique_ptr<kernels::prepared_resize>> reduce_;  ///< to each level; null: none
  std::unique_ptr<kernels::prepared_pyramid> together_;            ///< instead of `reduce_`, where a backend has it
  std::vector<grey_plane> opened_;                                 ///< one for each frame that is built at a time
  std::vector<kernels::known_axes> axes_;                          ///< of the reductions, for frames with masks
  device_buffer axis_memory_;
  fill_levels fill_;  ///< of the coarsest level's size
};

}  // namespace fluxel::host
