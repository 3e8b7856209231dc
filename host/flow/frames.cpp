// SPDX-License-Identifier: Apache-2.0
#include "host/flow/frames.hpp"

#include "host/core/staging.hpp"

namespace fluxel::host {

std::size_t staged_bytes(const flow_geometry& g, int channels, int element_bytes) {
  return staged_bytes(size{g.width, g.height}, channels, element_bytes) * g.count;
}

std::size_t staged_bytes(const flow_geometry& g) { return staged_bytes(g, g.channels, element_size(g.type)); }

void check_fits(call& c, const operand& image, const flow_geometry& geometry) {
  check_size(c.site(), image.name, call::size_of(image), {geometry.width, geometry.height});
  require(image.caller.count == geometry.count, c.site(), image.name, "does not have the geometry's count");
}

const operand& read_frame(call& c, const char* name, const flow_image& frame, const flow_geometry& geometry) {
  const operand& o = c.read(name, erase(frame.untyped()));
  require(frame.untyped().type == geometry.type, c.site(), name, "has another pixel type than the geometry");
  check_fits(c, o, geometry);
  require(o.caller.channels == geometry.channels && o.caller.planes == 1, c.site(), name,
          "does not have the geometry's channels");
  return o;
}

const operand& read_mask(call& c, const char* name, const image_view<const u8>& mask, const flow_geometry& geometry) {
  const operand& o = c.read_if_given(name, erase(mask));
  if (!o.given()) return o;
  check_fits(c, o, geometry);
  require(o.caller.channels == 1 && o.caller.planes == 1, c.site(), name, "must have 1 channel");
  return o;
}

void check_components(call& c, const operand& flow) {
  const kernels::image& im = flow.caller;
  require((im.channels == 2 && im.planes == 1) || (im.channels == 1 && im.planes == 2), c.site(), flow.name,
          "must have 2 channels, or 2 planes of 1 channel");
}

kernels::image u_of(kernels::image flow) {
  flow.planes = 1;
  return flow;
}

kernels::image v_of(kernels::image flow) {
  if (flow.data != nullptr)
    flow.data =
        static_cast<std::byte*>(flow.data) + (flow.channels == 2 ? std::ptrdiff_t{sizeof(float)} : flow.plane_stride);
  return u_of(flow);
}

flow_geometry geometry_of(const flow_image& frame, const char* function, const char* name) {
  const auto& v = frame.untyped();
  require(v.data != nullptr, function, name, "is empty");
  return {.width = v.width, .height = v.height, .channels = v.channels, .type = v.type, .count = v.count};
}

}  // namespace fluxel::host
