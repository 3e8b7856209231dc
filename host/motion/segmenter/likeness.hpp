// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "fluxel/image.hpp"
#include "fluxel/matrix3x3.hpp"

namespace fluxel::host {

/// How unlike two frames look around each pixel when the pixels move one way or another. Keeps its memory.
class likeness {
 public:
  /// Sums over 3 x 3 pixels of absolute differences, 1/16 grey level.
  using sums = std::vector<std::int32_t>;

  /// Along the background's motion. What leaves the frame has `outside`.
  const sums& along(const matrix3x3& background, const image<u8>& here, const image<u8>& there);
  /// Along the flow.
  const sums& along(const image<f32>& uv, const image<u8>& here, const image<u8>& there);

  static constexpr std::int32_t outside = -1;
  static constexpr std::int32_t per_level = 9 * 16;  ///< of a sum, for a grey level of every pixel

 private:
  template <class Target>
  void measure(const image<u8>& here, const image<u8>& there, const Target& target, sums& result);

  std::vector<std::int32_t> differences_, rows_;
  sums background_, flow_;
};

}  // namespace fluxel::host
