#pragma once

#include "kernels/kernels.hpp"

namespace fluxel::kernels {

extern const resize_functions scalar_resize_functions;
extern const alpha_functions scalar_alpha_functions;
extern const conv_transpose_functions scalar_conv_transpose_functions;

}  // namespace fluxel::kernels
