// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/warp.hpp"
#include "kernels/cpu/warp/warp_rows.hpp"

namespace fluxel::kernels {

/// For the instruction set of this process.
struct between_row_functions {
  void (*agreement)(const image& prev, const image& next, const flow_images& flow, const image& to,
                    const row_range& rows);
  void (*between)(const between_job& job, const row_range& rows);
};
const between_row_functions& between_rows();

}  // namespace fluxel::kernels
