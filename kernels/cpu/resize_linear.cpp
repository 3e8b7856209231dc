#include "kernels/cpu/resize_linear.hpp"

#include "kernels/cpu/scalar/row.hpp"

namespace fluxel::kernels {

status linear_resize(std::span<const image_pair> pairs, element_type type, coordinates rule, const execution& how) {
  return scalar_resize_functions.linear(pairs, type, rule, how);
}

std::unique_ptr<prepared_resize> prepare_linear(const resize_recipe& recipe) {
  return scalar_resize_functions.prepare(recipe);
}

}  // namespace fluxel::kernels
