#include "kernels/cpu/resize_filtered.hpp"

#include "kernels/cpu/scalar/row.hpp"

namespace fluxel::kernels {

std::unique_ptr<prepared_resize> prepare_filtered(const resize_recipe& recipe) {
  return scalar_resize_functions.prepare(recipe);
}

}  // namespace fluxel::kernels
