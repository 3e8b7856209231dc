// SPDX-License-Identifier: Apache-2.0
#pragma once

// The frames and masks of a call on a flow object, checked against its geometry.

#include "fluxel/flow.hpp"
#include "host/core/call.hpp"

namespace fluxel::host {

const operand& read_frame(call& c, const char* name, const flow_image& frame, const flow_geometry& geometry);

/// Null data: absent.
const operand& read_mask(call& c, const char* name, const image_view<const u8>& mask, const flow_geometry& geometry);

/// What the device's copy of such an image takes: of one element for each pixel and channel.
std::size_t staged_bytes(const flow_geometry& geometry, int channels, int element_bytes);
/// Of a frame.
std::size_t staged_bytes(const flow_geometry& geometry);

/// An image of the geometry's size and count.
void check_fits(call& c, const operand& image, const flow_geometry& geometry);

/// The components of a flow: 2 channels, or 2 planes of 1 channel.
void check_components(call& c, const operand& flow);
kernels::image u_of(kernels::image flow);
kernels::image v_of(kernels::image flow);

/// The geometry of a call without an object: full-range pixels.
flow_geometry geometry_of(const flow_image& frame, const char* function, const char* name);

}  // namespace fluxel::host
