// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/frames/copy_samples.hpp"

#include <cstddef>
#include <cstring>

namespace fluxel::video {

void copy_samples(const frame_view<const void>& from, const frame_view<void>& to) {
  for (int p = 0; p < from.format.plane_count; ++p) {
    const size s = from.format.plane_size(p);
    const std::size_t bytes =
        std::size_t(s.width) * from.format.planes[p].channels * element_size(from.format.type());
    for (int y = 0; y < s.height; ++y)
      std::memcpy(static_cast<std::byte*>(to.data[p]) + y * to.pitch[p],
                  static_cast<const std::byte*>(from.data[p]) + y * from.pitch[p], bytes);
  }
}

}  // namespace fluxel::video
