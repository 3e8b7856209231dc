// SPDX-License-Identifier: Apache-2.0
#pragma once

// Checks that warps, splats and blends share.

#include "host/core/call.hpp"
#include "host/flow/frames.hpp"

namespace fluxel::host {

/// @throws fluxel::error invalid_argument  not -1e6 to 1e6
void check_flow_scale(const call_site& site, double scale);

/// A flow for each pixel of `of`.
void check_flow_of(call& c, const operand& flow, const operand& of, const char* of_what);

/// One byte for each pixel of `of`.
void check_bytes_of(call& c, const operand& bytes, const operand& of);

inline kernels::flow_images flow_of(const kernels::image& flow) { return {u_of(flow), v_of(flow)}; }

}  // namespace fluxel::host
