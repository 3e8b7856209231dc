#include "tests/parity/operations.hpp"

namespace fluxel::parity {

std::span<const operation> operations() {
  static constexpr operation table[] = {
      {"resize.linear", make_linear_case, has_linear},
      {"resize.nearest", make_nearest_case, has_nearest},
      {"resize.recipe", make_recipe_case, has_recipes},
      {"api.resize_bilinear", make_api_bilinear_case, has_linear},
      {"api.resize_nearest", make_api_nearest_case, has_nearest},
      {"conv_transpose.general", make_conv_transpose_case, has_conv_transpose},
      {"conv_transpose.upsample_zero", make_upsample_zero_case, has_upsample_zero},
  };
  return table;
}

}  // namespace fluxel::parity
