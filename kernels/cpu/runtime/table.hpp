// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/backend.hpp"

namespace fluxel::kernels {

extern const resize_functions cpu_resize_functions;
extern const alpha_functions cpu_alpha_functions;
extern const light_functions cpu_light_functions;
extern const flow_functions cpu_flow_functions;
extern const flow_color_functions cpu_flow_color_functions;
extern const sparse_functions cpu_sparse_functions;
extern const metrics_functions cpu_metrics_functions;
extern const warp_functions cpu_warp_functions;
extern const warp_perspective_functions cpu_warp_perspective_functions;
extern const conv_transpose_functions cpu_conv_transpose_functions;

}  // namespace fluxel::kernels
