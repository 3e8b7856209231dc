// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/warp.hpp"

namespace fluxel::kernels {

/// Rows [first, last) of plane p of image n.
struct row_range {
  int n, p, first, last;
};

/// For the instruction set of this process.
struct warp_row_functions {
  void (*warp)(const warp_job& job, element_type type, const row_range& rows);
  void (*blend)(const blend_job& job, element_type type, const row_range& rows);
};
const warp_row_functions& warp_rows();

}  // namespace fluxel::kernels
