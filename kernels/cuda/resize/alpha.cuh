// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/alpha.hpp"

namespace fluxel::kernels::gpu {

status premultiply(const alpha_image& src, const image& product, element_type type, const launch_options& options);
status divide(const image& product, const alpha_image& dst, element_type type, const launch_options& options);

}  // namespace fluxel::kernels::gpu
