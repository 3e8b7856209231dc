// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/warp.hpp"
#include "kernels/cpu/warp/warp_rows.hpp"

namespace fluxel::kernels {

/// For the instruction set of this process.
struct overlap_row_functions {
  void (*overlap)(const overlap_job& job, element_type type, const row_range& rows);
};
const overlap_row_functions& overlap_rows();

}  // namespace fluxel::kernels
