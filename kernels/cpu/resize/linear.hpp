// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/resize.hpp"

namespace fluxel::kernels {

status linear_resize(std::span<const image_pair> pairs, element_type type, coordinates rule,
                     const launch_options& launch);
std::unique_ptr<prepared_resize> prepare_linear(const resize_recipe& recipe);

}  // namespace fluxel::kernels
