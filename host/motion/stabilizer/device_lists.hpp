// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "fluxel/flow.hpp"
#include "fluxel/good_features.hpp"
#include "fluxel/image.hpp"
#include "fluxel/track_points.hpp"
#include "host/core/object_memory.hpp"
#include "host/core/resolved_placement.hpp"

namespace fluxel::host {

/// What a tracker and a detector of corners read and write on a CUDA device, but for whole frames, and its way from
/// and to the host. Work is enqueued on the legacy stream.
class device_lists {
 public:
  /// @param picture   the reduced picture. @param compared  its smaller copy.
  /// @param capacity  most points.
  /// @param where     outlives the object; its device is current here and in all calls.
  device_lists(const flow_geometry& picture, const size& compared, int capacity, const resolved_placement& where);

  void* picture() const { return at(picture_); }
  void* compared() const { return at(compared_); }
  void read_compared(std::vector<std::byte>& pixels) const { download(pixels.data(), compared_, pixels.size()); }

  /// Lists with these places. @param from  at most `capacity`
  point_tracks lists(std::span<const point> from);
  /// What the tracker has written to them.
  void read(std::span<point> to, std::span<track_status> status) const;

  /// As large as the picture.
  image_view<const u8> upload_free(const image<u8>& free);
  feature_result corners() const;
  /// What the detector has found. @returns how many
  int read_corners(std::span<point> found) const;

 private:
  std::size_t take(std::size_t bytes);
  void* at(std::size_t place) const { return static_cast<std::byte*>(memory_.data()) + place; }
  void upload(std::size_t place, const void* from, std::size_t bytes) const;
  void download(void* to, std::size_t place, std::size_t bytes) const;

  const resolved_placement& where_;
  std::size_t capacity_, used_ = 0;
  std::size_t picture_, compared_, free_, from_, to_, status_, found_, count_;  ///< places in the memory
  device_buffer memory_;
};

}  // namespace fluxel::host
