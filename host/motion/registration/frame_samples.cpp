// SPDX-License-Identifier: Apache-2.0
#include "host/motion/registration/frame_samples.hpp"

namespace fluxel::host {

bool alike(const frame_format& a, const frame_format& b) {
  if (a.plane_count != b.plane_count || a.type() != b.type() || a.bit_depth != b.bit_depth) return false;
  for (int p = 0; p < a.plane_count; ++p)
    if (a.planes[p].channels != b.planes[p].channels || a.planes[p].subsampled != b.planes[p].subsampled)
      return false;
  return a.high_bits == b.high_bits && a.chroma_shift_x == b.chroma_shift_x && a.chroma_shift_y == b.chroma_shift_y;
}

void check_host_frame(const call_site& site, const char* name, const frame_view<const void>& frame) {
  const frame_format& f = frame.format;
  require(f.width > 0 && f.height > 0 && f.plane_count >= 1 && f.plane_count <= 4, site, name, "is not a frame");
  require(f.fields == field_order::progressive, site, name, "is interlaced: its lines are of two moments");
  require(frame.memory == memory_kind::host || frame.memory == memory_kind::pinned, site, name,
          "is not in host memory");
  for (int p = 0; p < f.plane_count; ++p) require(frame.data[p] != nullptr, site, name, "has no data");
}

}  // namespace fluxel::host
