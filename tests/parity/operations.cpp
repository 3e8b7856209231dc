// SPDX-License-Identifier: Apache-2.0
#include "tests/parity/operations.hpp"

namespace fluxel::parity {

std::span<const operation> operations() {
  static constexpr operation table[] = {
      {"resize.linear", "resize_bilinear", make_linear_case, has_linear},
      {"resize.nearest", "resize_nearest", make_nearest_case, has_nearest},
      {"resize.recipe", "resize", make_recipe_case, has_recipes},
      {"resize.filters", "resize", make_filter_case, has_recipes},
      {"alpha.premultiply", "straight_alpha", make_premultiply_case, has_alpha},
      {"alpha.divide", "straight_alpha", make_divide_case, has_alpha},
      {"api.resize_bilinear", "resize_bilinear", make_api_bilinear_case, has_linear},
      {"api.resize_nearest", "resize_nearest", make_api_nearest_case, has_nearest},
      {"api.resize", "resize", make_api_resize_case, has_recipes},
      {"bilinear_adjoint", "bilinear_adjoint", make_adjoint_case, has_recipes},
      {"conv_transpose.general", "conv_transpose2d", make_conv_transpose_case, has_conv_transpose},
      {"conv_transpose.upsample_zero", "upsample_transpose_conv", make_upsample_zero_case, has_upsample_zero},
      {"horn_schunck", "horn_schunck", make_horn_schunck_case, has_flow},
      {"lucas_kanade", "lucas_kanade", make_lucas_kanade_case, has_flow},
      {"flow_steps.warp", "horn_schunck", make_flow_warp_case, has_flow},
      {"flow_steps.slopes", "horn_schunck", make_flow_slopes_case, has_flow},
      {"flow_steps.median", "horn_schunck", make_flow_median_case, has_flow},
      {"flow_steps.enlarge", "horn_schunck", make_flow_enlarge_case, has_flow},
      {"flow_steps.check_forward_backward", "horn_schunck", make_flow_check_case, has_flow},
      {"flow_color.draw", "flow_color", make_draw_flow_case, has_flow_color},
      {"flow_color.lengths", "flow_color", make_flow_lengths_case, has_flow_color},
      {"flow_steps.image_pyramid", "horn_schunck", make_image_pyramid_case, has_flow},
      {"flow.structure", "good_features", make_structure_case, has_structure},
      {"good_features", "good_features", make_good_features_case, has_features},
      {"track_points", "track_points", make_track_points_case, has_tracking},
      {"light.decode", "linear_light", make_decode_light_case, has_light},
      {"light.encode", "linear_light", make_encode_light_case, has_light},
      {"image_comparison", "image_comparison", make_comparison_case, has_metrics},
  };
  return table;
}

}  // namespace fluxel::parity
