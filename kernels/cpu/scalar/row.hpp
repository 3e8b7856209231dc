#pragma once

#include "kernels/kernels.hpp"

namespace fluxel::kernels {

extern const resize_functions scalar_resize_functions;

}  // namespace fluxel::kernels
