// SPDX-License-Identifier: Apache-2.0
#include "host/resize/frame_operands.hpp"

#include <string>

#include "host/core/staging.hpp"

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

constexpr std::array src_names{"src.data[0]", "src.data[1]", "src.data[2]", "src.data[3]"};
constexpr std::array dst_names{"dst.data[0]", "dst.data[1]", "dst.data[2]", "dst.data[3]"};

}  // namespace

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

std::size_t staged_bytes(const frame_format& f) {
  std::size_t sum = 0;
  for (int p = 0; p < f.plane_count; ++p)
    sum += staged_bytes(f.plane_size(p), f.planes[p].channels, element_size(f.type()));
  return sum;
}

frame_operands::frame_operands(call& c, const frame_formats& built, const frame_view<const void>& src,
                               const frame_view<void>& dst)
    : planes_(built.src.plane_count) {
  check_frame(c.site(), "src", src.format, built.src);
  check_frame(c.site(), "dst", dst.format, built.dst);
  for (int p = 0; p < planes_; ++p) src_[p] = &c.read(src_names[p], plane_view(src, p));
  for (int p = 0; p < planes_; ++p) dst_[p] = &c.write(dst_names[p], plane_view(dst, p));
}

plane_pairs frame_operands::here() const {
  plane_pairs pairs;
  for (int p = 0; p < planes_; ++p) pairs[p] = {src_[p]->here, dst_[p]->here};
  return pairs;
}

}  // namespace fluxel::host
