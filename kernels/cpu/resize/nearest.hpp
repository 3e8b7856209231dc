// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/resize.hpp"

namespace fluxel::kernels {

status nearest_resize(std::span<const image_pair> pairs, int element_bytes, coordinates rule,
                      nearest_rounding rounding, const launch_options& launch);
std::unique_ptr<prepared_resize> prepare_nearest(const resize_recipe& recipe);

}  // namespace fluxel::kernels
