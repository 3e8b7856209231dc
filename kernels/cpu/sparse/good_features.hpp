// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/sparse.hpp"

namespace fluxel::kernels {

/// Rows over lanes and threads, then one pass over the sorted corners; see sparse_functions.
status find_features_with_lanes(const feature_search& search, const feature_list& list, void* workspace,
                                const launch_options& launch);

}  // namespace fluxel::kernels
