// SPDX-License-Identifier: Apache-2.0
#include "fluxel/warp.hpp"

#include <string>

#include "host/warp/warp.hpp"

namespace fluxel {

namespace host {

void check_flow_scale(const call_site& site, double scale) {
  if (!(scale >= -1e6 && scale <= 1e6))
    reject(site, "options.scale", "is " + std::to_string(scale) + "; must be -1e6 to 1e6");
}

void check_flow_of(call& c, const operand& flow, const operand& of, const char* of_what) {
  check_components(c, flow);
  check_size(c.site(), "flow", c.size_of(flow), c.size_of(of));
  if (flow.caller.count != of.caller.count) reject(c.site(), "flow.count", std::string("is not that of ") + of_what);
}

void check_bytes_of(call& c, const operand& bytes, const operand& of) {
  if (!bytes.given()) return;
  check_size(c.site(), bytes.name, c.size_of(bytes), c.size_of(of));
  if (bytes.caller.channels != 1 || bytes.caller.planes != 1)
    reject(c.site(), bytes.name, "must have 1 channel and 1 plane");
  if (bytes.caller.count != of.caller.count) reject(c.site(), std::string(bytes.name) + ".count", "is another one");
}

namespace {

void check_options(const call_site& site, const warp_options& options) {
  require(options.filter == warp_filter::bilinear || options.filter == warp_filter::bicubic, site, "options.filter",
          "is not one of warp_filter");
  check_flow_scale(site, options.scale);
  if (options.bit_depth < 8 || options.bit_depth > 16)
    reject(site, "options.bit_depth", "is " + std::to_string(options.bit_depth) + "; must be 8 to 16");
}

}  // namespace
}  // namespace host

inline namespace v0 {

void detail::warp(const untyped_view& src, image_view<const f32> flow, const untyped_view& dst,
                  const warp_options& options, const placement& where, stream_ref stream) {
  const host::resolved_placement resolved(where, "warp");
  host::staging_room room(resolved);
  host::call c(resolved, stream);
  host::check_options(c.site(), options);
  const host::operand& from = c.read("src", host::erase(src));
  const host::operand& by = c.read("flow", host::erase(flow));
  const host::operand& to = c.write("dst", host::erase(dst));
  host::check_alike(c.site(), from.caller, to.caller);
  host::check_flow_of(c, by, to, "dst");
  const auto per_pixel = static_cast<float>(options.scale * 256);
  c.run(room, [&](const host::run_context& context) {
    const kernels::warp_job job{.src = from.here,
                                .flow = host::flow_of(by.here),
                                .dst = to.here,
                                .per_pixel_x = per_pixel,
                                .per_pixel_y = per_pixel,
                                .bicubic = options.filter == warp_filter::bicubic,
                                .largest = (1 << options.bit_depth) - 1};
    return context.table().warp.warp(job, dst.type, context.launch);
  });
}

}  // namespace v0
}  // namespace fluxel
