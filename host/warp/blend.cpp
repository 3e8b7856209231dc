// SPDX-License-Identifier: Apache-2.0
#include "fluxel/blend.hpp"

#include <string>

#include "host/warp/warp.hpp"

namespace fluxel {
inline namespace v0 {

void detail::blend(const untyped_view& a, const untyped_view& b, image_view<const u8> weight, const untyped_view& dst,
                   const blend_options& options, const placement& where, stream_ref stream) {
  const host::resolved_placement resolved(where, "blend");
  host::staging_room room(resolved);
  host::call c(resolved, stream);
  if (options.low_zero_bits < 0 || options.low_zero_bits > 8)
    host::reject(c.site(), "options.low_zero_bits",
                 "is " + std::to_string(options.low_zero_bits) + "; must be 0 to 8");
  const host::operand& first = c.read("a", host::erase(a));
  const host::operand& second = c.read("b", host::erase(b));
  const host::operand& by = c.read("weight", host::erase(weight));
  const host::operand& to = c.write("dst", host::erase(dst));
  for (const host::operand* source : {&first, &second}) {
    host::check_alike(c.site(), source->caller, to.caller);
    host::check_size(c.site(), source->name, c.size_of(*source), c.size_of(to));
  }
  host::check_bytes_of(c, by, to);
  c.run(room, [&](const host::run_context& context) {
    return context.table().warp.blend({first.here, second.here, by.here, to.here, options.low_zero_bits}, dst.type,
                                      context.launch);
  });
}

}  // namespace v0
}  // namespace fluxel
