#include "kernels/cpu/resize_nearest.hpp"

#include "kernels/cpu/scalar/row.hpp"

namespace fluxel::kernels {

status nearest_resize(std::span<const image_pair> pairs, int element_bytes, coordinates rule,
                      nearest_rounding rounding, const execution& how) {
  return scalar_resize_functions.nearest(pairs, element_bytes, rule, rounding, how);
}

std::unique_ptr<prepared_resize> prepare_nearest(const resize_recipe& recipe) {
  return scalar_resize_functions.prepare(recipe);
}

}  // namespace fluxel::kernels
