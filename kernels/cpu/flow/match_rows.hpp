// SPDX-License-Identifier: Apache-2.0
#pragma once

// Block matching on the CPU, compiled once per instruction set. The formulas are those of common/flow/matching.hpp.

#include <cstddef>

#include "kernels/contract/flow.hpp"

namespace fluxel::kernels {

inline constexpr int match_room = 128;  ///< elements behind planes, which whole vectors reach

/// The best matches so far, either way: differences, below 2^15, and the places of their displacements in the order
/// of block_match, which are tried in that order.
struct match_planes {
  std::int16_t *forward, *forward_place, *backward, *backward_place;
};

/// One displacement of the pixels of a rectangle.
struct match_attempt {
  const u8 *prev, *next;  ///< bytes of the first window's first pixel, and where the displacement takes it
  std::ptrdiff_t pitch;
  int width, height;  ///< of the rectangle
  std::int16_t place;
  match_planes best;  ///< of the first pixel, and for `backward` of where it goes
  std::ptrdiff_t best_pitch;
  u8* differences;  ///< working memory: height + 4 rows of `pitch`, and room
};

struct flow_match_functions {
  /// Grey levels of 8 bits.
  void (*to_bytes)(const u16* grey, int width, u8* bytes);
  void (*attempt)(const match_attempt& a);
};
const flow_match_functions& flow_match_rows();

/// flow_functions::match_blocks with SIMD.
status match_blocks_of_rows(const flow_frames& frames, int radius, plane<std::uint64_t> keys,
                            const flow_planes& forward, const flow_planes& backward, const launch_options& launch);

}  // namespace fluxel::kernels
