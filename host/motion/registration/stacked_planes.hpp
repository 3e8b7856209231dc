// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "fluxel/frame.hpp"
#include "fluxel/frame_stack.hpp"
#include "fluxel/types.hpp"

namespace fluxel::host {

/// One plane of a stack of frames.
class stacked_plane {
 public:
  virtual ~stacked_plane() = default;

  /// @param counts  1 for each pixel that counts, else 0; empty: all do.
  virtual void add(const frame_view<const void>& frame, std::vector<u8> counts) = 0;

  /// Writes the samples that a frame has counted for.
  virtual void write(const frame_view<void>& out) const = 0;

  virtual std::size_t bytes() const = 0;
};

std::unique_ptr<stacked_plane> make_stacked_plane(const frame_format& format, int plane, stack_rule rule);

}  // namespace fluxel::host
