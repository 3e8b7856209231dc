// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/common/runtime/float_environment.hpp"

namespace fluxel::host {

/// Tables are made in the default floating-point environment too.
using kernels::default_float_environment;

}  // namespace fluxel::host
