// SPDX-License-Identifier: Apache-2.0
#pragma once

// The planes of a call's two frames, checked.

#include <array>
#include <cstddef>

#include "host/core/call.hpp"
#include "host/resize/frame_planes.hpp"

namespace fluxel::host {

/// The pairs of a frame's planes, plane by plane.
using plane_pairs = std::array<kernels::image_pair, 4>;

/// One plane of a frame.
any_view plane_view(const frame_view<const void>& f, int p);

/// Device memory that copies of a frame need.
std::size_t staged_bytes(const frame_format& format);

class frame_operands {
 public:
  /// @param built  what the object was built for.
  /// @throws fluxel::error invalid_argument  a frame of another format or size, or planes that are wrong.
  frame_operands(call& c, const frame_formats& built, const frame_view<const void>& src, const frame_view<void>& dst);

  /// Where the kernels find them: only inside the work of the call.
  plane_pairs here() const;

 private:
  int planes_;
  std::array<const operand*, 4> src_{}, dst_{};
};

}  // namespace fluxel::host
