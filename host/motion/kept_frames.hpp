// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "fluxel/frame.hpp"
#include "host/core/object_memory.hpp"
#include "host/core/resolved_placement.hpp"

namespace fluxel::host {

/// Frames of one format in the memory of a backend: those that an object keeps. On CUDA work is enqueued on the
/// legacy stream.
class kept_frames {
 public:
  /// @param where  outlives the frames; its device is current here and in all calls.
  kept_frames(const frame_format& format, int count, const resolved_placement& where, backend b);

  int count() const { return int(frames_.size()); }
  const frame_view<void>& operator[](int index) const { return frames_[std::size_t(index)]; }

  /// Copies a frame of this format, of the host or, on CUDA, of the device. Its memory may be used again when the
  /// call returns, or in the order of the stream. @param name  for messages
  void put(int index, const char* name, const frame_view<const void>& from);
  /// Copies one back, to either.
  void get(int index, const char* name, const frame_view<void>& to) const;

 private:
  kernels::image plane(const char* name, const frame_view<const void>& frame, int p) const;
  void place(frame_view<void>& frame, std::byte* base, std::size_t& used) const;
  void copy(const char* name, const frame_view<const void>& from, const frame_view<void>& to) const;

  const resolved_placement& where_;
  backend backend_;
  int element_bytes_;
  device_buffer memory_;
  std::vector<frame_view<void>> frames_;
};

}  // namespace fluxel::host
