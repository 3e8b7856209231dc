// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/contract/image.hpp"

namespace fluxel::kernels {

/// One plane of one image of a pair.
struct plane_pair {
  const std::byte* src;
  std::ptrdiff_t src_pitch;
  std::byte* dst;
  std::ptrdiff_t dst_pitch;
};

/// @param which  planes are counted image by image.
inline plane_pair plane_of(const image_pair& pair, std::int64_t which) {
  const auto n = static_cast<std::ptrdiff_t>(which / pair.dst.planes);
  const auto p = static_cast<std::ptrdiff_t>(which % pair.dst.planes);
  const auto& [src, dst] = pair;
  return {static_cast<const std::byte*>(src.data) + n * src.stride + p * src.plane_stride, src.pitch,
          static_cast<std::byte*>(dst.data) + n * dst.stride + p * dst.plane_stride, dst.pitch};
}

}  // namespace fluxel::kernels
