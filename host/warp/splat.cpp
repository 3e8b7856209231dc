// SPDX-License-Identifier: Apache-2.0
#include "fluxel/splat.hpp"

#include "host/warp/warp.hpp"

namespace fluxel {
inline namespace v0 {

void detail::splat(const untyped_view& src, image_view<const f32> flow, const untyped_view& dst,
                   const splat_masks& masks, const splat_options& options, const placement& where,
                   stream_ref stream) {
  const host::resolved_placement resolved(where, "splat");
  host::staging_room room(resolved);
  host::call c(resolved, stream);
  host::check_flow_scale(c.site(), options.scale);
  const host::operand& from = c.read("src", host::erase(src));
  const host::operand& by = c.read("flow", host::erase(flow));
  const host::operand& priority = c.read_if_given("masks.priority", host::erase(masks.priority));
  const host::operand& to = c.write("dst", host::erase(dst));
  const host::operand& covered = c.write_if_given("masks.covered", host::erase(masks.covered));
  host::check_alike(c.site(), from.caller, to.caller);
  host::check_size(c.site(), "src", c.size_of(from), c.size_of(to));
  host::check_flow_of(c, by, from, "src");
  host::check_bytes_of(c, priority, from);
  host::check_bytes_of(c, covered, from);
  const auto per_pixel = static_cast<float>(options.scale * 256);
  host::device_buffer winners(c.runs_on(), resolved.memory());
  const std::size_t pixels = static_cast<std::size_t>(dst.width) * static_cast<std::size_t>(dst.height) *
                             static_cast<std::size_t>(dst.count);
  c.run(room, [&](const host::run_context& context) {
    auto* room_of_winners = static_cast<kernels::splat_winner*>(
        winners.reserve(pixels * sizeof(kernels::splat_winner), "splat", context.launch.stream));
    const kernels::splat_claims claims{.flow = host::flow_of(by.here),
                                       .priority = priority.here,
                                       .per_pixel_x = per_pixel,
                                       .per_pixel_y = per_pixel,
                                       .winners = room_of_winners};
    const kernels::warp_functions& table = context.table().warp;
    if (const auto s = table.claim(claims, context.launch); s != kernels::status::ok) return s;
    return table.show({from.here, room_of_winners, to.here, covered.here}, from.element_bytes, context.launch);
  });
  host::finish(resolved, dst.memory, stream);
}

}  // namespace v0
}  // namespace fluxel
