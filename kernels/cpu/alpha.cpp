// Straight alpha on the CPU: the scalar formulas, whatever floating-point environment the caller has set.

#include "kernels/cpu/float_environment.hpp"
#include "kernels/cpu/row.hpp"
#include "kernels/cpu/scalar/row.hpp"

namespace fluxel::kernels {

const alpha_functions cpu_alpha_functions{
    .premultiply =
        [](const alpha_image& src, const image& product, element_type type, const execution& how) {
          const default_float_environment environment;
          return scalar_alpha_functions.premultiply(src, product, type, how);
        },
    .divide =
        [](const image& product, const alpha_image& dst, element_type type, const execution& how) {
          const default_float_environment environment;
          return scalar_alpha_functions.divide(product, dst, type, how);
        },
};

}  // namespace fluxel::kernels
