// SPDX-License-Identifier: Apache-2.0
#pragma once

// What other public objects share with horn_schunck: its options, checked and split.

#include "fluxel/horn_schunck.hpp"
#include "host/flow/pyramid.hpp"

namespace fluxel::host {

pyramid_settings pyramid_of(const horn_schunck_options& options);

/// @throws fluxel::error invalid_argument  "function: options.NAME: problem".
void check_options(const horn_schunck_options& options, const char* function);

}  // namespace fluxel::host
