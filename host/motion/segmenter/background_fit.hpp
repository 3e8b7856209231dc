// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "fluxel/global_motion.hpp"
#include "fluxel/image.hpp"

namespace fluxel::host {

/// Finds the motion of the background in a dense flow. Keeps its memory.
class background_fit {
 public:
  explicit background_fit(motion_model model) : model_(model) {}

  /// @param usable  0: the vector is known. @returns nothing where too few vectors follow one motion.
  std::optional<matrix3x3> find(const image<f32>& uv, const image<u8>& usable);

 private:
  void take_grid(const image<f32>& uv, const image<u8>& usable);

  motion_model model_;
  std::vector<point> from_, to_;
  std::vector<track_status> all_;
  std::vector<u8> followers_;
};

}  // namespace fluxel::host
