// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "fluxel/export.h"
#include "fluxel/frame.hpp"

namespace fluxel {
inline namespace v0 {

/// A frame in host memory of its own: every plane packed, and zero at first.
class FLUXEL_API owned_frame {
 public:
  /// @throws fluxel::error invalid_argument  what is not a frame format; out_of_memory.
  explicit owned_frame(const frame_format& format);
  owned_frame(owned_frame&&) noexcept = default;
  owned_frame& operator=(owned_frame&&) noexcept = default;

  const frame_format& format() const { return view_.format; }
  frame_view<void> view() { return view_; }
  frame_view<const void> view() const { return view_; }

 private:
  std::array<std::vector<std::byte>, 4> memory_;
  frame_view<void> view_;
};

/// Fills a frame in host memory with black, as its matrix, range and depth say; fully transparent where it has alpha.
FLUXEL_API void fill_black(const frame_view<void>& frame);

/// The part of a frame that starts at a pixel. `left` and `top` are multiples of the chroma subsampling, and even
/// rows of interlaced frames.
FLUXEL_API frame_view<void> sub_frame(const frame_view<void>& frame, int left, int top, size part_size);

}  // namespace v0
}  // namespace fluxel
