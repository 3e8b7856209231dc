// SPDX-License-Identifier: Apache-2.0
#pragma once

// Image pyramids of the flow solvers, several frames at a time.

#include <cstddef>
#include <memory>
#include <span>

#include "fluxel/types.hpp"
#include "kernels/contract/image.hpp"
#include "kernels/contract/launch.hpp"
#include "kernels/contract/memory.hpp"
#include "kernels/contract/resize.hpp"

namespace fluxel::kernels {

/// A frame, or a batch of them, and the levels of its pyramid.
struct pyramid_frame {
  image pixels;                        ///< u8, one channel; null data: `grey` is given instead
  plane<const u16> grey;               ///< intensities in Q8.4, of the finest level's size
  std::span<const plane<u16>> levels;  ///< finest first
  int black = 0, white = 255;          ///< values of `pixels`; at least 2 apart
  /// Where what the levels hold goes before they are written, in elements from each level; 0: nowhere.
  std::ptrdiff_t kept_at = 0;
};

/// The reductions of a pyramid made ready on one backend. `run` is const and reentrant.
class prepared_pyramid {
 public:
  virtual ~prepared_pyramid() = default;
  /// Makes all levels. Where there is one reduction less than there are levels, the finest level holds the frame's
  /// intensities: they are written from `pixels`, or are `grey` already, and then are not kept. All frames have
  /// `pixels` of one range, or all have `grey`.
  virtual status run(std::span<const pyramid_frame> frames, const launch_options& launch) const = 0;
};

/// @param reductions  to each level from the one before it; the first may smooth the finest level.
/// nullptr where these reductions have to be run one by one, or memory ran out.
using prepare_pyramid_function = std::unique_ptr<prepared_pyramid> (*)(std::span<const resize_recipe> reductions,
                                                                       const table_allocator& memory);

}  // namespace fluxel::kernels
