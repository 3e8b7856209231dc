// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of block matching, compiled once per instruction set. The formulas are those of common/flow/matching.hpp.

#include "kernels/contract/flow.hpp"

namespace fluxel::kernels {

struct flow_match_functions {
  /// Grey levels of 8 bits.
  void (*to_bytes)(const u16* grey, int width, u8* bytes);
  /// columns += |a - b|.
  void (*add)(const u8* a, const u8* b, int width, u16* columns);
  /// columns += |a - b| of a row that enters, less that of one that leaves.
  void (*exchange)(const u8* a, const u8* b, const u8* leaving_a, const u8* leaving_b, int width, u16* columns);
  /// Windows begin at their own index; `displacement` where one differs less than `best`.
  void (*keep_better)(const u16* columns, int width, u16 displacement, u16* best, u16* best_displacement);
};
const flow_match_functions& flow_match_rows();

/// flow_functions::match_blocks with SIMD.
status match_blocks_of_rows(const flow_frames& frames, int radius, plane<std::uint64_t> keys,
                            const flow_planes& forward, const flow_planes& backward, const launch_options& launch);

}  // namespace fluxel::kernels
