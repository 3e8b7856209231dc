// SPDX-License-Identifier: Apache-2.0
#pragma once

// What other public objects share with horn_schunck: the checks of its options.

#include "fluxel/horn_schunck.hpp"

namespace fluxel::host {

/// @throws fluxel::error invalid_argument  "function: options.NAME: problem".
void check_options(const horn_schunck_options& options, const char* function);

}  // namespace fluxel::host
