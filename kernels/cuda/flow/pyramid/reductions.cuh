// SPDX-License-Identifier: Apache-2.0
#pragma once

// The tables of a pyramid's reductions on the device.

#include <cstdint>
#include <vector>

#include "kernels/cuda/flow/pyramid/pyramid.cuh"
#include "kernels/cuda/runtime/device_array.cuh"

namespace fluxel::kernels::gpu {

/// One reduction's tables.
class reduction {
 public:
  /// @param least_taps  so that the windows of two reductions are alike
  reduction(const filtered_recipe& r, const table_allocator& memory, int least_taps = 1);

  bool usable() const { return usable_; }
  /// Whether the windows cover the source without a gap, one after the other: it can be copied on the way.
  bool whole() const { return whole_; }
  int taps() const { return taps_; }
  int src_width() const { return src_width_; }
  int src_height() const { return src_height_; }
  /// Where they begin.
  const std::vector<std::int32_t>& windows_x() const { return windows_x_; }
  const std::vector<std::int32_t>& windows_y() const { return windows_y_; }

  /// All but the planes.
  void fill(reduce_tail_level& level) const;
  /// `job` has its planes.
  status run(reduce_job job, reduce_source source, const launch_options& options) const;

 private:
  int rows_of(const reduce_job& job) const;

  int multiprocessors_;
  int taps_ = 0, tile_ = 0, src_width_ = 0, src_height_ = 0;
  bool usable_ = false, whole_ = false;
  std::vector<std::int32_t> windows_x_, windows_y_;
  device_table<std::int32_t> first_x_, begin_;
  device_table<std::uint32_t> weight_x_, rows_y_;
};

/// Two reductions in one launch.
class two_reductions {
 public:
  two_reductions(const filtered_recipe& first, const filtered_recipe& second, const table_allocator& memory);
  bool usable() const { return width_ > 0 && height_ > 0; }
  /// `job` has its planes.
  status run(reduce_two_job job, const launch_options& options) const;

 private:
  int taps_;
  reduction first_, second_;
  int width_ = 0, height_ = 0;  ///< of a tile
};

}  // namespace fluxel::kernels::gpu
