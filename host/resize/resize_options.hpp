// SPDX-License-Identifier: Apache-2.0
#pragma once

// Checks of resize options, shared by all calls that take them.

#include "fluxel/resize_options.hpp"
#include "host/core/errors.hpp"

namespace fluxel::host {

void check_coordinates(const call_site& site, coordinates rule);
void check_rounding(const call_site& site, nearest_rounding rounding);
void check_options(const call_site& site, const resize_options& options);
/// Also that the mapping of `options` suits these sizes.
void check_geometry(const call_site& site, const resize_geometry& geometry, const resize_options& options);

}  // namespace fluxel::host
