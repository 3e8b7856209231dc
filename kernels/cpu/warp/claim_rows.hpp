// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/warp.hpp"

namespace fluxel::kernels {

/// The rows that the pixels of a row point to, with the one behind: [first, last]. Clamped to one row beyond the
/// image.
struct claim_reach {
  int first, last;
};

/// For the instruction set of this process.
struct claim_row_functions {
  claim_reach (*reach)(const splat_claims& claims, int n, int y);
  /// What row y claims of the rows [first, last), which no other thread writes.
  void (*claim)(const splat_claims& claims, int n, int y, int first, int last);
};
const claim_row_functions& claim_rows();

}  // namespace fluxel::kernels
