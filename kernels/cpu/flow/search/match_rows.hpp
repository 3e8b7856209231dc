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
  /// detail_pixel of a row: `rows` are those of its windows. `columns` has room for their sums and detail_radius more
  /// on either side.
  void (*detail)(const u16* const* rows, int width, std::int32_t* columns, u8* detail);
  void (*attempt)(const match_attempt& a);
};
const flow_match_functions& flow_match_rows();

/// flow_functions::detail and match_blocks with SIMD.
status detail_of_rows(plane<const u16> grey, plane<u8> detail, const launch_options& launch);
status match_blocks_of_rows(plane<const u8> prev, plane<const u8> next, int radius, plane<std::uint64_t> keys,
                            const flow_planes& forward, const flow_planes& backward, const launch_options& launch);

}  // namespace fluxel::kernels
