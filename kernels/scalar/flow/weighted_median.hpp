// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/flow.hpp"

namespace fluxel::kernels {

status scalar_weighted_median(const flow_planes& in, const median_guide& guide, plane<const u8> trust,
                              const weighted_median_rule& rule, const flow_planes& out, const launch_options& launch);

}  // namespace fluxel::kernels
