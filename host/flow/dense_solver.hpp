// SPDX-License-Identifier: Apache-2.0
#pragma once

// Coarse to fine, the next frame warped by the current flow: what every dense method shares, on one backend.

#include <functional>
#include <memory>
#include <vector>

#include "fluxel/flow.hpp"
#include "fluxel/flow_options.hpp"
#include "host/core/object_memory.hpp"
#include "host/flow/dense_method.hpp"
#include "host/flow/flow_search.hpp"
#include "host/flow/memory.hpp"
#include "host/flow/pyramid.hpp"
#include "host/flow/small_levels.hpp"
#include "host/flow/weighted_median.hpp"

namespace fluxel::host {

/// Everything about a dense flow but its equations.
struct dense_settings {
  const char* function;  ///< the public one, for messages
  flow_geometry geometry;
  flow_pyramid_options pyramid = {};
  flow_search_options search = {};
  flow_warping_options warping = {};
  flow_median_options median = {};
  flow_weighted_median_options weighted_median = {};
  flow_validity_options validity = {};
  bool fine = false;            ///< vectors are stored in 1/256 px
  int structure_radius = 2;     ///< of the windows of the structure tensor behind confidence
  double least_eigenvalue = 0;  ///< of those windows: below it the method leaves a pixel's flow alone
  std::function<std::unique_ptr<dense_method>(backend)> make_method;
};

/// A frame and its mask; null data in `mask`: every pixel is valid.
struct frame_images {
  kernels::image frame, mask;
};

/// Where results go. All but the flow may have null data.
struct result_images {
  kernels::image u, v, validity, confidence, cut_score;
};

/// An initial flow in `u` and `v`; null data: 0.
struct guess_images {
  kernels::image u, v;
};

class dense_solver {
 public:
  dense_solver(backend b, const dense_settings& settings, object_memory& memory);

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
  /// What the flow of a pair begins with.
  enum class beginning { zero, start, better_of_both };
  kernels::status begin(beginning with, std::size_t level, const kernels::flow_planes& flow,
                        const kernels::launch_options& launch);
  kernels::status solve_pyramids(beginning with, const result_images& result, const kernels::launch_options& launch);
  kernels::status solve_back(const kernels::launch_options& launch);
  kernels::status solve_levels(const frame_pyramid& prev, const frame_pyramid& next, beginning with,
                               const kernels::launch_options& launch);
  kernels::status solve_at_once(const frame_pyramid& prev, const frame_pyramid& next,
                                const kernels::flow_planes& start, const kernels::image& u, const kernels::image& v,
                                const kernels::launch_options& launch);
  /// What a level is solved for.
  struct level_task {
    kernels::flow_frames frames;
    std::size_t level;
    kernels::flow_planes flow;  ///< of the level
    bool back;                  ///< from the next frame to the previous one
    bool from_coarser;          ///< else from `flow`
    bool fine = false;          ///< `flow` becomes fine flow
  };
  bool describe(kernels::coarse_level_rule& rule) const;
  std::size_t first_coarse_level() const;
  kernels::status solve_coarse_levels(const frame_pyramid& prev, const frame_pyramid& next, beginning with,
                                      const kernels::launch_options& launch);
  kernels::status solve_without_small_levels(const level_task& task, beginning with,
                                             const kernels::launch_options& launch);
  kernels::status search_level(const level_task& task, const kernels::launch_options& launch);
  kernels::status solve_level(const level_task& task, const kernels::launch_options& launch);
  kernels::status warp_once(const level_task& task, bool first, bool last, const kernels::launch_options& launch);
  kernels::status store(const result_images& result, const kernels::launch_options& launch);
  kernels::status filter_weighted(const level_task& task, const kernels::launch_options& launch);
  kernels::status filter(const kernels::flow_planes& from, const kernels::flow_planes& to, int passes,
                         const kernels::launch_options& launch);
  kernels::status describe(const result_images& result, const kernels::launch_options& launch);
  kernels::status measure(const kernels::flow_frames& frames, const result_images& result,
                          const kernels::launch_options& launch);
  kernels::status assess(const kernels::flow_frames& frames, const result_images& result,
                         const kernels::launch_options& launch);
  kernels::warped_frame warped_at(std::size_t level) const;
  kernels::flow_frames frames_at(const frame_pyramid& prev, const frame_pyramid& next, std::size_t level) const;

  struct level_flow {
    kernels::flow_planes flow, updated;
  };

  const kernels::backend_table& table_;
  dense_settings settings_;
  pyramid_builder builder_;
  small_levels small_levels_;
  flow_search search_;
  std::unique_ptr<dense_method> method_;
  weighted_median_filter weighted_median_;
  frame_pyramid prev_, next_;
  std::vector<level_flow> levels_;             ///< finest first
  std::size_t coarse_from_ = 0;                ///< from this level on the backend solves all at once
  std::vector<kernels::coarse_level> coarse_;  ///< those levels, for the backend
  kernels::warped_frame warped_;               ///< of the finest level's size
  kernels::flow_planes start_, back_;
  kernels::flow_planes filtered_;  ///< between two medians
  kernels::plane<float> smaller_, larger_;
  std::int64_t* start_gain_ = nullptr;  ///< of each pair
  kernels::plane<float> least_;         ///< eigenvalues that least_eigenvalue is compared with
  kernels::validity_rule rule_;
  kernels::pair_histograms* histograms_ = nullptr;  ///< one for each pair of the batch, as limits_
  kernels::pair_limits* limits_ = nullptr;
  bool has_previous_ = false;  ///< of a sequence: next_ and levels_[0].flow wait for the next frame
  device_buffer block_;
};

}  // namespace fluxel::host
