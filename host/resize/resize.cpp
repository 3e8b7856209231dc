// SPDX-License-Identifier: Apache-2.0
// The calls that need no object.

#include "fluxel/resize.hpp"

#include "host/core/call.hpp"
#include "host/resize/frame_call.hpp"
#include "host/resize/resize_options.hpp"
#include "host/resize/resizer_state.hpp"

namespace fluxel {

namespace host {
namespace {

/// run(pair, context) on checked images.
template <class Run>
void run_pair(const resolved_placement& where, const any_view& src, const any_view& dst, stream_ref stream,
              Run&& run) {
  staging_room room(where);
  call c(where, stream);
  const operand& from = c.read("src", src);
  const operand& to = c.write("dst", dst);
  check_alike(c.site(), from.caller, to.caller);
  c.run(room, [&](const run_context& context) {
    const kernels::image_pair pair{from.here, to.here};
    return run(pair, context);
  });
}

}  // namespace
}  // namespace host

inline namespace v0 {

void detail::resize_bilinear(const untyped_view& src, const untyped_view& dst, const bilinear_options& options,
                             const placement& where, stream_ref stream) {
  const auto resolved = host::resolved_placement::of_call(where, "resize_bilinear");
  host::check_coordinates({"resize_bilinear"}, options.coordinates);
  host::run_pair(resolved, host::erase(src), host::erase(dst), stream,
                 [&](const kernels::image_pair& pair, const host::run_context& context) {
                   return context.table().resize.linear({&pair, 1}, dst.type, options.coordinates, context.launch);
                 });
}

void detail::resize_nearest(const untyped_view& src, const untyped_view& dst, const nearest_options& options,
                            const placement& where, stream_ref stream) {
  const host::call_site site{"resize_nearest"};
  const auto resolved = host::resolved_placement::of_call(where, site.function);
  host::check_coordinates(site, options.coordinates);
  host::check_rounding(site, options.rounding);
  host::run_pair(resolved, host::erase(src), host::erase(dst), stream,
                 [&](const kernels::image_pair& pair, const host::run_context& context) {
                   return context.table().resize.nearest({&pair, 1}, dst.element_bytes, options.coordinates,
                                                         options.rounding, context.launch);
                 });
}

void detail::resize(const untyped_view& src, const untyped_view& dst, const resize_options& options,
                    const placement& where, stream_ref stream) {
  const char* function = "resize";
  host::check_pair({function}, host::erase(src), host::erase(dst));
  host::translate_bad_alloc(function, [&] {
    host::resizer_state once(options, where, function);
    once.prepare({function}, {{src.width, src.height}, {dst.width, dst.height}, dst.channels, dst.type});
    once.run(host::erase(src), host::erase(dst), stream);
    host::finish(once.where(), dst.memory, stream);
  });
}

void resize_frame(const frame_view<const void>& src, const frame_view<void>& dst, const resize_options& options,
                  const placement& where, stream_ref stream) {
  const char* function = "resize_frame";
  host::translate_bad_alloc(function, [&] {
    const host::frame_call once(src.format, {dst.format.width, dst.format.height}, options, where, function);
    once.run(src, dst, stream);
    host::finish(once.where(), dst.memory, stream);
  });
}

}  // namespace v0
}  // namespace fluxel
