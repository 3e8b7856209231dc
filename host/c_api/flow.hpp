// SPDX-License-Identifier: Apache-2.0
#pragma once

// Conversions of the flow structs, shared with points and flow steps.

#include <string>

#include "fluxel/horn_schunck.hpp"
#include "host/c_api/c_api.hpp"

namespace fluxel::host::c_api {

flow_geometry geometry_of(const fluxel_flow_geometry* given);
horn_schunck_options options_of(const fluxel_horn_schunck_options* given);
flow_image frame_of(const char* name, const fluxel_image* im);
/// @param name  of the argument, for messages.
flow_pair pair_of(const std::string& name, const fluxel_flow_pair* given);
flow_frame next_of(const fluxel_flow_frame* given);

}  // namespace fluxel::host::c_api
