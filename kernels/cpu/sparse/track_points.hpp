// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/sparse.hpp"

namespace fluxel::kernels {

/// Points over threads, rows of a window over lanes; see sparse_functions.
status track_with_lanes(const track_levels& levels, const track_settings& settings, const track_list& list,
                        const launch_options& launch);

}  // namespace fluxel::kernels
