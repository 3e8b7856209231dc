// SPDX-License-Identifier: Apache-2.0
#include "host/resize/frame_call.hpp"

#include "host/resize/frame_operands.hpp"
#include "host/resize/resize_options.hpp"

namespace fluxel::host {

frame_call::frame_call(const frame_format& src, size dst, const resize_options& options, const placement& where,
                       const char* function)
    : where_(where, function), room_(where_) {
  check_options({function}, options);
  formats_ = check_formats({function}, src, dst, options);
  if (needs_frame_light(formats_.src, options))
    light_parts_ = make_light_parts({function}, formats_, options);
  else
    parts_ = make_frame_parts({function}, formats_, options);
  const auto b = where_.named();
  if (b) make_state(*b);
  if (b == backend::cuda) room_.reserve(staged_bytes(formats_.src) + staged_bytes(formats_.dst), function);
}

frame_resizer& frame_call::resizer_on(backend b) const {
  return resizers_.on(b, where_, [&] { return std::make_unique<frame_resizer>(formats_.src, parts_, b, where_); });
}

frame_light& frame_call::light_on(backend b) const {
  return lights_.on(b, where_, [&] { return std::make_unique<frame_light>(formats_.src, light_parts_, b, where_); });
}

void frame_call::make_state(backend b) const {
  if (in_light())
    light_on(b);
  else
    resizer_on(b);
}

void frame_call::prepare(memory_kind memory) {
  const call_site site{"resizer::prepare"};
  make_state(where_.ahead_on(site, memory));
}

void frame_call::run(const frame_view<const void>& src, const frame_view<void>& dst, stream_ref stream) const {
  call c(where_, stream);
  const frame_operands frames(c, formats_, src, dst);
  c.run(room_, [&](const run_context& context) {
    return in_light() ? light_on(context.backend).run(frames.here(), context)
                      : resizer_on(context.backend).run(frames.here(), context);
  });
}

}  // namespace fluxel::host
