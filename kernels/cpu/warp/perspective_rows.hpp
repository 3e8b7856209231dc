// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/warp_perspective.hpp"

namespace fluxel::kernels {

/// Rows [first, last) of one plane of a warp by a matrix, for the instruction set of this process.
struct perspective_row_functions {
  void (*rows)(const perspective_job& job, element_type type, int n, int p, int first, int last);
};
const perspective_row_functions& perspective_rows();

}  // namespace fluxel::kernels
