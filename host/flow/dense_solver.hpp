// SPDX-License-Identifier: Apache-2.0
#pragma once

// Coarse to fine, the second frame warped by the flow so far: what every dense method shares, on one backend.

#include <memory>
#include <vector>

#include "fluxel/flow.hpp"
#include "host/core/prepared.hpp"
#include "host/flow/dense_method.hpp"
#include "host/flow/memory.hpp"
#include "host/flow/pyramid.hpp"

namespace fluxel::host {

struct dense_settings {
  const char* function;  ///< the public one, for messages
  flow_geometry geometry;
  pyramid_settings pyramid;
  int warps = 1;
  int median_radius = 0;
  int median_passes = 1;     ///< after every warp
  int structure_radius = 2;  ///< of the windows behind validity and confidence
  int limit = 64;            ///< largest change per warp, in 1/64 pixel
  flow_validity_options validity;
};

/// A frame and what is known of it; no data in `mask`: all.
struct frame_images {
  kernels::image frame, mask;
};

/// Where results go. `validity` and `confidence` may have no data.
struct result_images {
  kernels::image u, v, validity, confidence;
};

/// A first guess in `u` and `v`; no data: none.
struct guess_images {
  kernels::image u, v;
};

class dense_solver {
 public:
  dense_solver(backend b, const dense_settings& settings, std::unique_ptr<dense_method> step);

  /// Everything is enqueued.
  kernels::status solve(const frame_images& prev, const frame_images& next, const guess_images& guess,
                        const result_images& result, const kernels::launch_options& launch);

  /// Sequences: keeps the pyramid of `next` for the following call. `has_result` says whether there was one before.
  kernels::status advance(const frame_images& next, flow_start start, const result_images& result, bool& has_result,
                          const kernels::launch_options& launch);
  void restart() { has_previous_ = false; }
  bool has_previous() const { return has_previous_; }

 private:
  void layout_planes(plane_layout& layout);
  kernels::status keep_second(const kernels::launch_options& launch);
  kernels::status build(const frame_images& from, frame_pyramid& to, const kernels::launch_options& launch);
  kernels::status solve_pyramids(const result_images& result, const kernels::launch_options& launch);
  kernels::status solve_back(const kernels::launch_options& launch);
  kernels::status solve_levels(const frame_pyramid& first, const frame_pyramid& second, bool watch,
                               const kernels::launch_options& launch);
  kernels::status solve_at_once(const frame_pyramid& first, const frame_pyramid& second,
                                const kernels::flow_planes& start, const kernels::image& u, const kernels::image& v,
                                const kernels::launch_options& launch);
  kernels::status solve_level(const kernels::flow_frames& frames, std::size_t level, bool watch,
                              const kernels::launch_options& launch);
  kernels::status filter(const kernels::flow_planes& from, const kernels::flow_planes& to,
                         const kernels::launch_options& launch);
  kernels::status assess(const result_images& result, const kernels::launch_options& launch);
  kernels::flow_frames frames_at(const frame_pyramid& first, const frame_pyramid& second, std::size_t level) const;

  struct level_flow {
    kernels::flow_planes flow, updated;
  };

  const kernels::backend_table& table_;
  dense_settings settings_;
  pyramid_builder builder_;
  std::unique_ptr<dense_method> method_;
  frame_pyramid first_, second_;
  std::size_t first_at_ = 0, second_at_ = 0, pyramid_bytes_ = 0;  ///< where the pyramids lie in the block
  std::vector<level_flow> levels_;                                ///< finest first
  kernels::warped_frame warped_;                                  ///< of the finest level's size
  kernels::flow_planes start_, before_, back_;
  kernels::flow_planes filtered_;  ///< between two medians
  kernels::plane<float> smaller_, larger_;
  bool has_previous_ = false;  ///< of a sequence: second_ and levels_[0].flow wait for the next frame
  device_buffer block_;
};

}  // namespace fluxel::host
