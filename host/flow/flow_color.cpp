// SPDX-License-Identifier: Apache-2.0
#include "fluxel/flow_color.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "host/core/call.hpp"
#include "host/flow/frames.hpp"

namespace fluxel {
inline namespace v0 {

namespace {

/// The squared length at which a bin ends.
double end_of_bin(int bin) { return std::ldexp(1 + (bin % 256 + 1) / 256.0, bin / 256 - 12); }

}  // namespace

void draw_flow(image_view<const f32> flow, image_view<u8> colors, const flow_color_options& options,
               const placement& where, stream_ref stream) {
  const host::resolved_placement resolved(where, "draw_flow");
  host::staging_room room(resolved);
  host::call c(resolved, stream);
  if (!(options.full_length >= 1e-6 && options.full_length <= 1e9))
    host::reject(c.site(), "options.full_length",
                 "is " + std::to_string(options.full_length) + "; must be 1e-6 to 1e9");
  const host::operand& from = c.read("flow", host::erase(flow));
  host::check_components(c, from);
  const host::operand& to = c.write("colors", host::erase(colors));
  host::check_size(c.site(), "colors", c.size_of(to), c.size_of(from));
  host::require(to.caller.channels == 3 && to.caller.planes == 1, c.site(), "colors", "must have 3 channels");
  host::require(to.caller.count == from.caller.count, c.site(), "colors.count", "is not that of flow");
  c.run(room, [&](const host::run_context& context) {
    return context.table().flow_color.draw({host::u_of(from.here), host::v_of(from.here)},
                                           static_cast<float>(1 / options.full_length), to.here, context.launch);
  });
}

void measure_flow_lengths(image_view<const f32> flow, std::span<flow_lengths> lengths, const placement& where,
                          stream_ref stream) {
  const host::resolved_placement resolved(where, "measure_flow_lengths");
  host::staging_room room(resolved);
  host::call c(resolved, stream);
  const host::operand& from = c.read("flow", host::erase(flow));
  host::check_components(c, from);
  const std::int64_t pixels = std::int64_t{flow.width} * flow.height;
  host::require(pixels <= std::numeric_limits<std::uint32_t>::max(), c.site(), "flow",
                "has more than 2^32 - 1 pixels");
  if (static_cast<std::size_t>(from.caller.count) != lengths.size())
    host::reject(
        c.site(), "lengths",
        "has " + std::to_string(lengths.size()) + " elements; must have " + std::to_string(from.caller.count));
  const host::operand& to = c.list("lengths", lengths);
  c.run(room, [&](const host::run_context& context) {
    return context.table().flow_color.measure({host::u_of(from.here), host::v_of(from.here)}, to.list<flow_lengths>(),
                                              context.launch);
  });
}

double length_of_share(const flow_lengths& lengths, double share) {
  host::require(share >= 0 && share <= 1, "length_of_share", "share", "must be 0 to 1");
  std::uint64_t all = 0;
  for (const std::uint32_t n : lengths.count) all += n;
  if (all == 0) return 0;
  const double longest = std::bit_cast<float>(lengths.longest);
  const auto rank = static_cast<std::uint64_t>(share * static_cast<double>(all - 1));
  if (rank + 1 == all) return std::sqrt(longest);
  std::uint64_t below = 0;
  int bin = 0;
  while ((below += lengths.count[bin]) <= rank) ++bin;
  return std::sqrt(bin + 1 == flow_lengths::bins ? longest : std::min(longest, end_of_bin(bin)));
}

}  // namespace v0
}  // namespace fluxel
