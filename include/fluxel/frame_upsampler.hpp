// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/frame.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/stream.hpp"
#include "fluxel/upsample_conv_transpose.hpp"

namespace fluxel {
inline namespace v0 {

/// Video frames enlarged by a whole factor as `upsample_conv_transpose` enlarges images, every plane with its own
/// size, chroma registered with the luma by its location, fields apart, color weighted by straight alpha.
///
/// With edge::replicate the result is that of `resize_frame`. With edge::zero the picture fades to black beyond its
/// border, whatever the samples of black are: RGB and full-range grey frames are upsampled by
/// `upsample_conv_transpose` plane by plane, all others as the middle of a larger black frame.
///
/// Built once per format. Calls on device memory only enqueue; one call at a time with edge::zero, whose margins the
/// object keeps. The destructor requires that the enqueued work has finished.
class FLUXEL_API frame_upsampler {
 public:
  /// @param src     the format and size of the frames to come; the result has the same format.
  /// @param factor  1 to 1024.
  /// @throws fluxel::error invalid_argument  a format that is none, a factor or a result out of range; no_device.
  frame_upsampler(const frame_format& src, int factor, edge edge, const placement& where = {});
  frame_upsampler(frame_upsampler&&) noexcept;
  frame_upsampler& operator=(frame_upsampler&&) noexcept;
  ~frame_upsampler();

  /// @param dst  `factor` times the size of `src`, in the same memory.
  void run(const frame_view<const void>& src, const frame_view<void>& dst, stream_ref stream = {}) const;

  /// Makes the state for frames in such memory ahead of the first call on it.
  void prepare(memory_kind memory);
  /// The processor that calls on host frames use.
  fluxel::backend backend() const;
  /// Bytes of memory that the object holds.
  std::size_t workspace_size() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// One frame, as `frame_upsampler` does it: makes the object and, on a device, waits for the result.
FLUXEL_API void upsample_frame(const frame_view<const void>& src, const frame_view<void>& dst, int factor, edge edge,
                               const placement& where = {}, stream_ref stream = {});

}  // namespace v0
}  // namespace fluxel
