// SPDX-License-Identifier: Apache-2.0
// The choice between two flows on the CPU: sums over windows, of columns that move down a band of rows.

#include <algorithm>

#include "kernels/common/flow/matching.hpp"
#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/derivatives.hpp"
#include "kernels/cpu/flow/search/choose_rows.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

namespace {

/// A row with zeros on either side.
template <class T>
class bordered_row {
 public:
  explicit bordered_row(int width) : data_(std::size_t(width) + 2 * choose_border) {}
  T* data() { return data_.data() + choose_border; }

 private:
  working_vector<T> data_;
};

struct weighing_rows {
  const flow_frames& frames;
  const warped_frame &by_flow, &by_other;
  plane<u8> evidence;
  int n;

  choose_row row_at_height(int y) const {
    return {row_at(frames.prev, n, y), row_at(by_flow.grey, n, y), row_at(by_other.grey, n, y),
            row_at(by_flow.reason, n, y), row_at(by_other.reason, n, y)};
  }
  void run(int first, int last) const {
    const auto& rows = flow_choose_rows();
    const int width = evidence.width;
    constexpr int far = weigh_flows_pixel::clear_radius;
    ring<std::int16_t, 8> better(width), clearly(width);
    bordered_row<std::int16_t> better_columns(width), clearly_columns(width);
    // Rows of the better sums come later than those of the clear ones, which are wider.
    auto gain_row = [&](auto& gains, int y) {
      return y >= std::max(0, first - far) && y + 1 < evidence.height ? gains[y] : nullptr;
    };
    for (int y = first - far; y < last + far; ++y) {
      if (y >= 0 && y + 1 < evidence.height)
        rows.gains(row_at_height(y), row_at_height(y + 1), width, better[y], clearly[y]);
      const int middle = y - far, near = middle + block_radius;
      rows.slide(gain_row(clearly, y), gain_row(clearly, middle - far - 1), width, clearly_columns.data());
      if (near >= first - far)
        rows.slide(gain_row(better, near), gain_row(better, middle - block_radius - 1), width, better_columns.data());
      if (middle >= first)
        rows.weigh(better_columns.data(), clearly_columns.data(), row_at(by_other.reason, n, middle), width,
                   row_at(evidence, n, middle));
    }
  }
};

struct choosing_rows {
  plane<const u8> evidence;
  const flow_planes &other, &flow;
  plane<u8> taken;
  int n;

  void run(int first, int last) const {
    constexpr int radius = choose_flow_pixel::region_radius;
    const auto& rows = flow_choose_rows();
    const int width = evidence.width;
    bordered_row<u8> columns(width);
    auto row_if_inside = [&](int y) {
      return y >= std::max(0, first - radius) && y < evidence.height ? row_at(evidence, n, y) : nullptr;
    };
    for (int y = first - radius; y < last + radius; ++y) {
      rows.slide_clear(row_if_inside(y), row_if_inside(y - 2 * radius - 1), width, columns.data());
      const int middle = y - radius;
      if (middle < first) continue;
      rows.choose(columns.data(), row_if_inside(middle), width,
                  {row_at(other.u, n, middle), row_at(other.v, n, middle), row_at(flow.u, n, middle),
                   row_at(flow.v, n, middle), row_at(taken, n, middle)});
    }
  }
};

}  // namespace

status choose_flow_of_rows(const flow_frames& frames, const warped_frame& by_flow, const warped_frame& by_other,
                           plane<u8> evidence, const flow_planes& other, const flow_planes& flow, plane<u8> taken,
                           const launch_options& launch) {
  for_bands(evidence, launch, [&](int n, int first, int last) {
    weighing_rows{frames, by_flow, by_other, evidence, n}.run(first, last);
  });
  for_bands(evidence, launch, [&](int n, int first, int last) {
    choosing_rows{evidence, other, flow, taken, n}.run(first, last);
  });
  return status::ok;
}

}  // namespace fluxel::kernels
