#include "tests/parity/operations.hpp"

namespace fluxel::parity {

std::span<const operation> operations() {
  static constexpr operation table[] = {
      {"resize.linear", make_linear_case, has_linear},
      {"resize.nearest", make_nearest_case, has_nearest},
      {"resize.recipe", make_recipe_case, has_recipes},
      {"api.resize_bilinear", make_api_bilinear_case, has_linear},
      {"api.resize_nearest", make_api_nearest_case, has_nearest},
  };
  return table;
}

}  // namespace fluxel::parity
