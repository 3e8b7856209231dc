// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/light.hpp"

namespace fluxel::kernels::gpu {

status decode_light(const light_call& call, const launch_options& options);
status encode_light(const light_call& call, const launch_options& options);

}  // namespace fluxel::kernels::gpu
