// SPDX-License-Identifier: Apache-2.0
#include "fluxel/interpolator.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "host/core/staging.hpp"
#include "host/resize/frame_operands.hpp"
#include "host/warp/moment.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr const char* function = "interpolator";
constexpr std::array next_names{"next.data[0]", "next.data[1]", "next.data[2]", "next.data[3]"};
constexpr std::array dst_names{"dst.data[0]", "dst.data[1]", "dst.data[2]", "dst.data[3]"};

void check_frame(const call_site& site, const char* name, const frame_format& given, const frame_format& built) {
  check_size(site, name, {given.width, given.height}, {built.width, built.height});
  bool same = given.plane_count == built.plane_count && given.type() == built.type() &&
              given.bit_depth == built.bit_depth && given.high_bits == built.high_bits;
  for (int p = 0; same && p < built.plane_count; ++p)
    same = given.planes[p].channels == built.planes[p].channels && given.plane_size(p) == built.plane_size(p);
  if (!same) reject(site, std::string(name) + ".format", "is not the one that the object was built for");
}

}  // namespace
}  // namespace host

inline namespace v0 {

struct interpolator::impl {
  impl(const frame_format& format, const interpolation_options& options, const placement& where)
      : plan(host::make_plan({host::function}, format, options)),
        placed(where),
        resolved(where, host::function),
        room(resolved) {
    const auto b = resolved.named();
    if (b) state_on(*b);
    if (b == fluxel::backend::cuda) {
      std::size_t frame = 0;
      for (int p = 0; p < format.plane_count; ++p)
        frame += host::staged_bytes(format.plane_size(p), format.planes[p].channels, element_size(format.type()));
      room.reserve(frame, host::function);
    }
  }

  host::frame_interpolation& state_on(fluxel::backend b) {
    return states.on(b, resolved,
                     [&] { return std::make_unique<host::frame_interpolation>(plan, b, placed, resolved.memory()); });
  }

  using operands = std::array<const host::operand*, 4>;
  host::frame_planes_here here(const operands& planes) const {
    host::frame_planes_here images;
    for (int p = 0; p < plan.format.plane_count; ++p) images[p] = planes[p]->here;
    return images;
  }

  host::interpolation_plan plan;
  placement placed;
  host::resolved_placement resolved;
  host::per_backend<host::frame_interpolation> states;
  host::staging_room room;
  std::optional<fluxel::backend> last;  ///< where the frames are
  int frames = 0;                       ///< that have come: 0, 1, 2, or 3 for more
};

interpolator::interpolator(const frame_format& format, const interpolation_options& options, const placement& where)
    : impl_(host::translate_bad_alloc(host::function,
                                      [&] { return std::make_unique<impl>(format, options, where); })) {}
interpolator::interpolator(interpolator&&) noexcept = default;
interpolator& interpolator::operator=(interpolator&&) noexcept = default;
interpolator::~interpolator() = default;

interpolator::impl& interpolator::self() const {
  host::require(impl_ != nullptr, host::function, "object", "has been moved from");
  return *impl_;
}

bool interpolator::advance(const frame_view<const void>& next, double duration, stream_ref stream) {
  impl& i = self();
  host::call c(i.resolved, stream);
  if (!(duration > 0 && duration <= 1e300))
    host::reject(c.site(), "duration", "is " + std::to_string(duration) + "; must be above 0");
  host::check_frame(c.site(), "next", next.format, i.plan.format);
  impl::operands planes{};
  for (int p = 0; p < i.plan.format.plane_count; ++p)
    planes[p] = &c.read(host::next_names[p], host::plane_view(next, p));
  const fluxel::backend b = c.runs_on();
  host::require(i.frames == 0 || b == i.last, host::function, "next", "is not in the memory of the frame before");
  i.last = b;
  const int frames = std::exchange(i.frames, 0);  // until the call has succeeded, the sequence is broken
  c.run(i.room, [&](const host::run_context& context) {
    return i.state_on(b).advance(i.here(planes), frames, duration, context);
  });
  i.frames = std::min(frames + 1, 3);
  return frames > 0;
}

void interpolator::run(double moment, const frame_view<void>& dst, stream_ref stream) {
  impl& i = self();
  host::call c(i.resolved, stream);
  if (!(moment >= -1 && moment <= 1))
    host::reject(c.site(), "moment", "is " + std::to_string(moment) + "; must be -1 to 1");
  host::require(i.frames >= 2, host::function, "moment", "lies between no frames: fewer than two have come");
  host::require(moment >= 0 || i.frames == 3, host::function, "moment", "lies before the first of two frames");
  host::check_frame(c.site(), "dst", dst.format, i.plan.format);
  impl::operands planes{};
  for (int p = 0; p < i.plan.format.plane_count; ++p)
    planes[p] = &c.write(host::dst_names[p], host::plane_view(dst, p));
  host::require(c.runs_on() == *i.last, host::function, "dst", "is not in the memory of the frames");
  c.run(i.room, [&](const host::run_context& context) {
    return i.state_on(*i.last).show(static_cast<int>(std::lround(moment * 256)), i.here(planes), context);
  });
}

void interpolator::restart() { self().frames = 0; }

void interpolator::prepare(memory_kind memory) {
  impl& i = self();
  host::require(memory >= memory_kind::host && memory <= memory_kind::device, host::function, "memory",
                "is not one of host, pinned, managed and device");
  i.state_on(i.resolved.ahead_on({host::function}, memory));
}

fluxel::backend interpolator::backend() const { return self().resolved.on_host_memory(); }

std::size_t interpolator::workspace_size() const {
  const impl& i = self();
  std::size_t sum = i.resolved.memory().bytes_held();
  for (const auto b : {fluxel::backend::cpu, fluxel::backend::cuda})
    if (const auto* state = i.states.find(b)) sum += state->workspace_size();
  return sum;
}

}  // namespace v0
}  // namespace fluxel
