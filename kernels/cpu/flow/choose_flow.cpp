// SPDX-License-Identifier: Apache-2.0
// The choice between two flows on the CPU: sums over windows, of columns that move down a band of rows.

#include <algorithm>

#include "kernels/common/flow/matching.hpp"
#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/choose_rows.hpp"
#include "kernels/cpu/flow/derivatives.hpp"
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
    constexpr int side = 2 * block_radius + 1;
    ring<std::int16_t, 8> better(width), clearly(width);
    bordered_row<std::int16_t> better_columns(width), clearly_columns(width);
    auto row_if_summed = [&](auto& sums, int y) {
      return y >= std::max(0, first - block_radius) && y + 1 < evidence.height ? sums[y] : nullptr;
    };
    for (int y = first - block_radius; y < last + block_radius; ++y) {
      const bool inside = y >= 0 && y + 1 < evidence.height;
      if (inside) rows.gains(row_at_height(y), row_at_height(y + 1), width, better[y], clearly[y]);
      rows.slide(inside ? better[y] : nullptr, row_if_summed(better, y - side), width, better_columns.data());
      rows.slide(inside ? clearly[y] : nullptr, row_if_summed(clearly, y - side), width, clearly_columns.data());
      const int middle = y - block_radius;
      if (middle >= first)
        rows.weigh(better_columns.data(), clearly_columns.data(), row_at(by_other.reason, n, middle), width,
                   row_at(evidence, n, middle));
    }
  }
};

struct choosing_rows {
  plane<const u8> evidence;
  const flow_planes &other, &flow;
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
      rows.choose(columns.data(), row_if_inside(middle), row_at(other.u, n, middle), width,
                  row_at(flow.u, n, middle));
      rows.choose(columns.data(), row_if_inside(middle), row_at(other.v, n, middle), width,
                  row_at(flow.v, n, middle));
    }
  }
};

}  // namespace

status choose_flow_of_rows(const flow_frames& frames, const warped_frame& by_flow, const warped_frame& by_other,
                           plane<u8> evidence, const flow_planes& other, const flow_planes& flow,
                           const launch_options& launch) {
  for_bands(evidence, launch, [&](int n, int first, int last) {
    weighing_rows{frames, by_flow, by_other, evidence, n}.run(first, last);
  });
  for_bands(evidence, launch, [&](int n, int first, int last) {
    choosing_rows{evidence, other, flow, n}.run(first, last);
  });
  return status::ok;
}

}  // namespace fluxel::kernels
