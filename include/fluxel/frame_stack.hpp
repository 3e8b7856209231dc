// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/frame.hpp"
#include "fluxel/image_view.hpp"

namespace fluxel {
inline namespace v0 {

/// How the samples of a pixel become one.
enum class stack_rule : int {
  mean = 0,
  median = 1,  ///< of an even number the mean of the middle two; keeps every frame in memory
};

/// One picture from many of the same scene, as photographers and microscopists make it: noise falls with the square
/// root of their number, and by the median what is in few of them vanishes.
///
///     fluxel::frame_stack stack(reference.format);
///     stack.add(reference);
///     stack.add(aligned, coverage);   // both from fluxel::registration
///     stack.run(out);
///
/// Frames are in host memory. Integer samples are averaged exactly and rounded half up, once; f32 in double, in the
/// order of the frames, and NaN does not count. Works on the caller's thread. One call at a time per object.
class FLUXEL_API frame_stack {
 public:
  static constexpr int most_frames = 65535;

  /// @throws fluxel::error invalid_argument  an invalid frame format or rule.
  explicit frame_stack(const frame_format& format, stack_rule rule = stack_rule::mean);
  frame_stack(frame_stack&&) noexcept;
  frame_stack& operator=(frame_stack&&) noexcept;
  ~frame_stack();

  /// @param coverage  of the size of the luma, one channel: where it is 0, the frame does not count; a chroma sample
  ///                  counts where all its luma does. Null data: it counts everywhere.
  /// @throws fluxel::error invalid_argument  another format or size, device memory, or a frame too many.
  void add(const frame_view<const void>& frame, const image_view<const u8>& coverage = {});

  /// The stack so far; black where no frame has counted.
  /// @throws fluxel::error invalid_argument  as `add`; or there is no frame yet.
  void run(const frame_view<void>& out) const;

  int count() const;
  /// Forgets all frames.
  void restart();
  /// Bytes of memory that the object holds.
  std::size_t workspace_size() const;

 private:
  struct impl;
  impl& self() const;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
