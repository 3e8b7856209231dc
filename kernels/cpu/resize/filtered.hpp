// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/resize.hpp"

namespace fluxel::kernels {

std::unique_ptr<prepared_resize> prepare_filtered(const resize_recipe& recipe);

}  // namespace fluxel::kernels
