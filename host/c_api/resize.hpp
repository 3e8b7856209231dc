// SPDX-License-Identifier: Apache-2.0
#pragma once

// Conversions of the resize structs, shared with frames and transposed convolution.

#include "fluxel/resize.hpp"
#include "host/c_api/c_api.hpp"

struct fluxel_resizer {
  fluxel::resizer object;
};

namespace fluxel::host::c_api {

bilinear_options options_of(const fluxel_bilinear_options* given);
resize_options options_of(const fluxel_resize_options* given);
resize_geometry geometry_of(const char* name, const fluxel_resize_geometry* given);

}  // namespace fluxel::host::c_api
