// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "fluxel/export.h"

namespace fluxel {
inline namespace v0 {

/// How many vectors of a flow have which length. Bin b counts squared lengths in [2^(e - 12), 2^(e - 11)) px^2, e =
/// b / 256, cut into 256 equal parts; the first bin takes what is shorter, the last what is longer. Vectors that are
/// not known (a component is NaN or beyond 1e9) are not counted.
struct flow_lengths {
  static constexpr int bins = 32 * 256;
  std::uint32_t count[bins] = {};
  std::uint32_t longest = 0;  ///< bits of the largest squared length, a float
};

/// The length in pixels that a share of the vectors do not exceed: that of the longest for 1, else to 0.2 %. 0 when
/// there is none.
/// @param share  0 to 1
FLUXEL_API double length_of_share(const flow_lengths& lengths, double share);

}  // namespace v0
}  // namespace fluxel
