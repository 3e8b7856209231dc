// SPDX-License-Identifier: Apache-2.0
#include "host/motion/stabilizer/uncovered.hpp"

#include <algorithm>
#include <cmath>

namespace fluxel::host {

std::array<frame_part, 4> uncovered(const frame_format& f, const matrix3x3& result_to_frame) {
  const matrix3x3 back = inverse(result_to_frame);
  const double w = f.width - 1, h = f.height - 1;
  const point2d tl = back.map({0, 0}), tr = back.map({w, 0}), bl = back.map({0, h}), br = back.map({w, h});
  const int step_x = 1 << f.chroma_shift_x, step_y = 1 << f.chroma_shift_y;
  const auto inwards_up = [](double v, int step, int most) {
    return std::clamp((int(std::ceil(std::clamp(v, -1e6, 1e6))) + step) / step * step, 0, most);
  };
  const auto inwards_down = [](double v, int step, int most) {
    return std::clamp(int(std::floor(std::clamp(v, -1e6, 1e6))) / step * step, 0, most);
  };
  const int left = inwards_up(std::max(tl.x, bl.x), step_x, f.width);
  const int top = inwards_up(std::max(tl.y, tr.y), step_y, f.height);
  const bool all_x = std::min(tr.x, br.x) >= w, all_y = std::min(bl.y, br.y) >= h;
  const int right = std::max(left, all_x ? f.width : inwards_down(std::min(tr.x, br.x), step_x, f.width));
  const int bottom = std::max(top, all_y ? f.height : inwards_down(std::min(bl.y, br.y), step_y, f.height));
  const bool none_left = std::max(tl.x, bl.x) <= 0, none_above = std::max(tl.y, tr.y) <= 0;
  return {frame_part{0, 0, f.width, none_above ? 0 : top}, frame_part{0, bottom, f.width, f.height},
          frame_part{0, none_above ? 0 : top, none_left ? 0 : left, bottom},
          frame_part{right, none_above ? 0 : top, f.width, bottom}};
}

}  // namespace fluxel::host
