#include "kernels/cpu/row.hpp"
#include "kernels/cpu/scalar/row.hpp"

namespace fluxel::kernels {

const conv_transpose_functions cpu_conv_transpose_functions = scalar_conv_transpose_functions;

}  // namespace fluxel::kernels
