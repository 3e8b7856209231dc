// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of the choice between two flows, compiled once per instruction set. The formulas are those of
// common/flow/matching.hpp.

#include "kernels/contract/flow.hpp"

namespace fluxel::kernels {

inline constexpr int choose_border = 8;  ///< elements of 0 on either side of rows that are summed across

struct choose_row {
  const u16* prev;
  const std::int16_t *by_flow, *by_other;
  const u8 *flow_reason, *other_reason;
};

struct chosen_row {
  const std::int16_t *other_u, *other_v;
  std::int16_t *flow_u, *flow_v;
  u8* taken;
};

struct flow_choose_functions {
  /// What each pixel but the last adds to the sums of its windows, whose own is 0.
  void (*gains)(const choose_row& row, const choose_row& below, int width, std::int16_t* better,
                std::int16_t* clearly);
  /// columns += entering - leaving; either may be null.
  void (*slide)(const std::int16_t* entering, const std::int16_t* leaving, int width, std::int16_t* columns);
  /// Of windows whose columns have been summed.
  void (*weigh)(const std::int16_t* better, const std::int16_t* clearly, const u8* other_reason, int width,
                u8* evidence);
  /// columns += clear ones of a row that enters, less those of one that leaves; either may be null.
  void (*slide_clear)(const u8* entering, const u8* leaving, int width, u8* columns);
  void (*choose)(const u8* columns, const u8* evidence, int width, const chosen_row& row);
};
const flow_choose_functions& flow_choose_rows();

/// flow_functions::choose_flow with SIMD.
status choose_flow_of_rows(const flow_frames& frames, const warped_frame& by_flow, const warped_frame& by_other,
                           plane<u8> evidence, const flow_planes& other, const flow_planes& flow, plane<u8> taken,
                           const launch_options& launch);

}  // namespace fluxel::kernels
