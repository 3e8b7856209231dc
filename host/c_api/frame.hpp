// SPDX-License-Identifier: Apache-2.0
#pragma once

// Frames of the C interface.

#include "fluxel/frame.hpp"
#include "host/c_api/c_api.hpp"

namespace fluxel::host::c_api {

frame_format format_of(const char* name, const fluxel_frame_format* given);
frame_view<void> frame_of(const char* name, const fluxel_frame* given);

}  // namespace fluxel::host::c_api
