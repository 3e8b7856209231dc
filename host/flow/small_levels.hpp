// SPDX-License-Identifier: Apache-2.0
#pragma once

// Levels with a side of less than 8 pixels reach far, but on them a texture that repeats fits in several places. So
// the first level above them is solved twice, from their flow and as if it were the coarsest one, and each pair of a
// batch goes on with the flow that makes its frames more alike.

#include <cstdint>
#include <vector>

#include "fluxel/types.hpp"
#include "host/flow/memory.hpp"

namespace fluxel::host {

class small_levels {
 public:
  /// @param sizes  of the pyramid, finest first.
  explicit small_levels(const std::vector<size>& sizes);

  /// Whether a level is the first one above the small ones.
  bool end_at(std::size_t level) const { return level_ == static_cast<std::ptrdiff_t>(level); }
  /// That level; more than there are, where none is small.
  std::size_t end() const { return static_cast<std::size_t>(level_); }
  /// @param count  of pairs.
  void layout_planes(plane_layout& layout, int count);

  /// The flow without the small levels.
  const kernels::flow_planes& flow_without() const { return without_; }
  /// Puts that in place of `flow` in the pairs that are no less alike by it. `warped` has room for a warped frame.
  kernels::status choose(const kernels::backend_table& table, const kernels::flow_frames& frames,
                         const kernels::flow_planes& flow, const kernels::warped_frame& warped,
                         const kernels::launch_options& launch) const;

 private:
  std::ptrdiff_t level_ = -1;  ///< none
  size size_{};
  kernels::flow_planes without_;
  kernels::warped_frame warped_;  ///< by that
  std::int64_t* gain_ = nullptr;  ///< of each pair
};

}  // namespace fluxel::host
