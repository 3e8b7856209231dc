// SPDX-License-Identifier: Apache-2.0
#pragma once

// Candidates for large motion: block matching on a small level, beside the flow that is solved for there.

#include <cstdint>
#include <vector>

#include "fluxel/flow_options.hpp"
#include "host/flow/memory.hpp"

namespace fluxel::host {

class flow_search {
 public:
  /// @param sizes  of the pyramid, finest first.
  flow_search(const flow_search_options& options, const std::vector<size>& sizes);

  /// Whether a level is the one that is searched.
  bool at(std::size_t level) const { return level_ != 0 && level == level_; }
  /// Whether a level finer than that takes back what its solution has lost of the matches.
  bool keeps(std::size_t level) const { return level < level_ && level >= finest_kept_; }
  void layout_planes(plane_layout& layout);

  /// Puts matches into `flow` where they make the frames of the level more alike. `warped` has room for a frame.
  kernels::status run(const kernels::backend_table& table, const kernels::flow_frames& frames,
                      const kernels::flow_planes& flow, const kernels::warped_frame& warped,
                      const kernels::launch_options& launch) const;

  /// On a finer level, after matches have been taken: vectors of the coarser one, and those beside a pixel, where its
  /// surroundings fit by them. Medians and smoothness wear away what is small and moves far, and no solver finds it
  /// again.
  kernels::status keep(const kernels::backend_table& table, const kernels::flow_frames& frames,
                       const kernels::flow_planes& coarse, const kernels::flow_planes& flow,
                       const kernels::launch_options& launch) const;

 private:
  kernels::status find_matches(const kernels::backend_table& table, const kernels::flow_frames& frames,
                               const kernels::launch_options& launch) const;
  kernels::status fill_matches(const kernels::backend_table& table, const kernels::flow_frames& frames,
                               const kernels::launch_options& launch) const;
  /// In the regions of what has been taken, twice.
  kernels::status spread(const kernels::backend_table& table, const kernels::flow_frames& frames,
                         const kernels::flow_planes& coarse, const kernels::flow_planes& flow,
                         const kernels::launch_options& launch) const;

  std::size_t level_ = 0;  ///< 0: none
  std::size_t finest_kept_ = 0;
  size size_{}, finest_size_{};  ///< of the level, and of the finest one that keeps
  int radius_ = 0;               ///< in pixels of the level
  kernels::plane<u8> prev_detail_, next_detail_;
  kernels::flow_planes matches_, back_;
  kernels::plane<std::uint64_t> keys_;
  kernels::warped_frame warped_;
  kernels::plane<u8> evidence_, taken_, regions_;
  kernels::flow_planes between_;  ///< of two steps of spreading
};

}  // namespace fluxel::host
