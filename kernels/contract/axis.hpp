// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace fluxel::kernels {

/// The sampling positions of one axis: output i is at (first + i * step) / denominator.
struct ratio {
  std::int64_t first = 0;
  std::int64_t step = 0;
  std::int64_t denominator = 1;
  int src_size = 0;
  int dst_size = 0;
};

/// A position on the source axis in 32.32 fixed point, clamped to the image: fraction is 0 outside it.
struct position {
  std::int32_t index;      ///< in [0, src_size)
  std::uint32_t fraction;  ///< floor(f * 2^32)
};

}  // namespace fluxel::kernels
