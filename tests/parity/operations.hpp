// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/parity/case.hpp"

namespace fluxel::parity {

test_case make_linear_case(random& r, const limits& limit);
test_case make_nearest_case(random& r, const limits& limit);
test_case make_recipe_case(random& r, const limits& limit);
test_case make_filter_case(random& r, const limits& limit);
test_case make_api_bilinear_case(random& r, const limits& limit);
test_case make_api_nearest_case(random& r, const limits& limit);
test_case make_api_resize_case(random& r, const limits& limit);
test_case make_premultiply_case(random& r, const limits& limit);
test_case make_divide_case(random& r, const limits& limit);
test_case make_adjoint_case(random& r, const limits& limit);
test_case make_conv_transpose_case(random& r, const limits& limit);
test_case make_upsample_zero_case(random& r, const limits& limit);
test_case make_horn_schunck_case(random& r, const limits& limit);
test_case make_lucas_kanade_case(random& r, const limits& limit);
test_case make_flow_warp_case(random& r, const limits& limit);
test_case make_flow_slopes_case(random& r, const limits& limit);
test_case make_flow_median_case(random& r, const limits& limit);
test_case make_flow_enlarge_case(random& r, const limits& limit);
test_case make_flow_check_case(random& r, const limits& limit);
test_case make_draw_flow_case(random& r, const limits& limit);
test_case make_flow_lengths_case(random& r, const limits& limit);
test_case make_image_pyramid_case(random& r, const limits& limit);
test_case make_structure_case(random& r, const limits& limit);
test_case make_good_features_case(random& r, const limits& limit);
test_case make_track_points_case(random& r, const limits& limit);
test_case make_comparison_case(random& r, const limits& limit);
test_case make_decode_light_case(random& r, const limits& limit);
test_case make_encode_light_case(random& r, const limits& limit);

bool has_linear(const kernels::backend_table& row);
bool has_nearest(const kernels::backend_table& row);
bool has_recipes(const kernels::backend_table& row);
bool has_alpha(const kernels::backend_table& row);
bool has_conv_transpose(const kernels::backend_table& row);
bool has_upsample_zero(const kernels::backend_table& row);
bool has_flow(const kernels::backend_table& row);
bool has_flow_color(const kernels::backend_table& row);
bool has_structure(const kernels::backend_table& row);
bool has_features(const kernels::backend_table& row);
bool has_tracking(const kernels::backend_table& row);
bool has_light(const kernels::backend_table& row);
bool has_metrics(const kernels::backend_table& row);

}  // namespace fluxel::parity
