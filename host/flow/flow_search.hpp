// SPDX-License-Identifier: Apache-2.0
#pragma once

// Candidates for large motion: block matching on a small level, beside the flow of the coarser ones.

#include <cstdint>
#include <vector>

#include "fluxel/flow_options.hpp"
#include "host/flow/fill_levels.hpp"
#include "host/flow/memory.hpp"

namespace fluxel::host {

class flow_search {
 public:
  /// @param sizes  of the pyramid, finest first.
  flow_search(const flow_search_options& options, const std::vector<size>& sizes);

  /// Whether a level is the one that is searched.
  bool at(std::size_t level) const { return level_ != 0 && level == level_; }
  void layout_planes(plane_layout& layout);

  /// Puts matches into `flow` where they make the frames of the level more alike. `between` has room for a flow, and
  /// `warped` for a warped frame.
  kernels::status run(const kernels::backend_table& table, const kernels::flow_frames& frames,
                      const kernels::flow_planes& flow, const kernels::flow_planes& between,
                      const kernels::warped_frame& warped, const kernels::launch_options& launch) const;

 private:
  kernels::status find_matches(const kernels::backend_table& table, const kernels::flow_frames& frames,
                               const kernels::launch_options& launch) const;

  std::size_t level_ = 0;  ///< 0: none
  size size_{};
  int radius_ = 0;  ///< in pixels of the level
  kernels::flow_planes matches_, back_;
  kernels::plane<std::uint64_t> keys_;
  kernels::plane<u8> unmatched_;
  kernels::warped_frame warped_;
  fill_levels fill_;
};

}  // namespace fluxel::host
