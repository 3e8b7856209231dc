// SPDX-License-Identifier: Apache-2.0
#include "host/resize/frame_call.hpp"

#include <array>
#include <string>

#include "host/core/staging.hpp"
#include "host/resize/resize_options.hpp"

namespace fluxel::host {

namespace {

bool same_structure(const frame_format& a, const frame_format& b) {
  for (int p = 0; p < a.plane_count && p < 4; ++p)
    if (a.planes[p].channels != b.planes[p].channels || a.planes[p].subsampled != b.planes[p].subsampled)
      return false;
  return a.plane_count == b.plane_count && a.chroma_shift_x == b.chroma_shift_x &&
         a.chroma_shift_y == b.chroma_shift_y && a.bit_depth == b.bit_depth && a.high_bits == b.high_bits &&
         a.floating == b.floating && a.chroma_location == b.chroma_location && a.fields == b.fields;
}

void check_frame(const call_site& site, const char* name, const frame_format& given, const frame_format& built) {
  check_size(site, name, {given.width, given.height}, {built.width, built.height});
  if (!same_structure(given, built))
    reject(site, std::string(name) + ".format", "is not the one that the object was built for");
}

any_view plane_view(const frame_view<const void>& f, int p) {
  const size s = f.format.plane_size(p);
  return {{.data = const_cast<void*>(f.data[p]),
           .width = s.width,
           .height = s.height,
           .channels = f.format.planes[p].channels,
           .pitch = f.pitch[p]},
          element_size(f.format.type()),
          f.memory};
}

std::size_t frame_bytes(const frame_format& f) {
  std::size_t sum = 0;
  for (int p = 0; p < f.plane_count; ++p)
    sum += staged_bytes(f.plane_size(p), f.planes[p].channels, element_size(f.type()));
  return sum;
}

constexpr std::array src_names{"src.data[0]", "src.data[1]", "src.data[2]", "src.data[3]"};
constexpr std::array dst_names{"dst.data[0]", "dst.data[1]", "dst.data[2]", "dst.data[3]"};

}  // namespace

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
  if (b == backend::cuda) room_.reserve(frame_bytes(formats_.src) + frame_bytes(formats_.dst), function);
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
  make_state(where_.on(site, "memory", memory));
}

void frame_call::run(const frame_view<const void>& src, const frame_view<void>& dst, stream_ref stream) const {
  call c(where_, stream);
  check_frame(c.site(), "src", src.format, formats_.src);
  check_frame(c.site(), "dst", dst.format, formats_.dst);
  const int planes = formats_.src.plane_count;
  std::array<const operand*, 4> from{}, to{};
  for (int p = 0; p < planes; ++p) from[p] = &c.read(src_names[p], plane_view(src, p));
  for (int p = 0; p < planes; ++p) to[p] = &c.write(dst_names[p], plane_view(dst, p));
  c.run(room_, [&](const run_context& context) {
    plane_pairs pairs;
    for (int p = 0; p < planes; ++p) pairs[p] = {from[p]->here, to[p]->here};
    return in_light() ? light_on(context.backend).run(pairs, context)
                      : resizer_on(context.backend).run(pairs, context);
  });
}

}  // namespace fluxel::host
