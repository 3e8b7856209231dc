// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/frame.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

/// A frame in the memory of a CUDA device, for programs without CUDA headers; its samples are not set.
class FLUXEL_API device_frame {
 public:
  /// @param device  -1: the current one.
  /// @throws fluxel::error invalid_argument  what is not a frame format; no_device, out_of_memory.
  explicit device_frame(const frame_format& format, int device = -1);
  device_frame(device_frame&&) noexcept;
  device_frame& operator=(device_frame&&) noexcept;
  /// Requires that the work that uses it has finished.
  ~device_frame();

  const frame_format& format() const;
  /// Valid as long as the frame lives.
  frame_view<void> view() const;

  /// From and to host memory, in the order of the stream. With pinned memory they only enqueue: it has to stay as it
  /// is until the stream has come so far. With ordinary memory they return when the host may use it again.
  /// @throws fluxel::error invalid_argument  a frame of other planes, or not in host memory.
  void upload(const frame_view<const void>& from, stream_ref stream = {});
  void download(const frame_view<void>& to, stream_ref stream = {}) const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
