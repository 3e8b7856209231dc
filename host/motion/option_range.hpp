// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/core/errors.hpp"

namespace fluxel::host {

/// @throws fluxel::error invalid_argument  a value outside of [least, most], or NaN: "is 200; must be 1 to 100".
void check_range(const call_site& site, const char* option, double value, double least, double most);

}  // namespace fluxel::host
