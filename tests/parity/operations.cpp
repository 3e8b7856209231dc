#include "tests/parity/operations.hpp"

namespace fluxel::parity {

std::span<const operation> operations() {
  static constexpr operation table[] = {
      {"resize.linear", 1, make_linear_case, has_linear},
      {"resize.nearest", 1, make_nearest_case, has_nearest},
      {"resize.recipe", 1, make_recipe_case, has_recipes},
      {"api.resize_bilinear", 1, make_api_bilinear_case, has_linear},
      {"api.resize_nearest", 1, make_api_nearest_case, has_nearest},
      {"bilinear_adjoint", 1, make_adjoint_case, has_recipes},
      {"conv_transpose.general", 1, make_conv_transpose_case, has_conv_transpose},
      {"conv_transpose.upsample_zero", 1, make_upsample_zero_case, has_upsample_zero},
  };
  return table;
}

}  // namespace fluxel::parity
