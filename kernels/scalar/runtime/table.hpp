// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/backend.hpp"

namespace fluxel::kernels {

extern const resize_functions scalar_resize_functions;
extern const alpha_functions scalar_alpha_functions;
extern const light_functions scalar_light_functions;
extern const conv_transpose_functions scalar_conv_transpose_functions;
extern const flow_functions scalar_flow_functions;
extern const flow_color_functions scalar_flow_color_functions;
extern const sparse_functions scalar_sparse_functions;
extern const metrics_functions scalar_metrics_functions;
extern const warp_functions scalar_warp_functions;
extern const warp_perspective_functions scalar_warp_perspective_functions;

status scalar_track(const track_levels& levels, const track_settings& settings, const track_list& list,
                    const launch_options& launch);
status scalar_structure(plane<const u16> grey, int radius, plane<float> smaller, plane<float> larger,
                        const launch_options& launch);
status scalar_measure_pair(const pair_measurement& m, const launch_options& launch);

}  // namespace fluxel::kernels
