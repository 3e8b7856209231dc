// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "fluxel/image_view.hpp"

namespace fluxel::video {

/// A dense flow in memory: u (right) and v (down) of every pixel, interleaved, rows from the top; in pixels.
struct flow_field {
  int width = 0;
  int height = 0;
  std::vector<float> uv;

  flow_field() = default;
  flow_field(int w, int h) : width(w), height(h), uv(std::size_t(w) * h * 2) {}

  std::size_t pixels() const { return uv.size() / 2; }
  float u(std::size_t pixel) const { return uv[2 * pixel]; }
  float v(std::size_t pixel) const { return uv[2 * pixel + 1]; }
  image_view<float> view() { return {uv.data(), width, height, 2}; }
};

/// What .flo files hold where the flow is not known.
constexpr float unknown_flow = 1e10f;

/// The Middlebury rule: components above 1e9 mean "unknown"; so does NaN.
inline bool is_known(float u, float v) { return std::fabs(u) <= 1e9f && std::fabs(v) <= 1e9f; }
inline bool is_known(const flow_field& flow, std::size_t pixel) { return is_known(flow.u(pixel), flow.v(pixel)); }

}  // namespace fluxel::video
