// SPDX-License-Identifier: Apache-2.0
// Bilinear upsampling with zeros beyond the border: the rows of the bilinear resize, between source rows that are
// framed with zeros. Positions count from the frame.

#include "kernels/cpu/conv_transpose/upsample.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/common/resize/position.hpp"
#include "kernels/cpu/resize/claimed_rows.hpp"
#include "kernels/cpu/resize/linear_rows.hpp"

namespace fluxel::kernels {

namespace {

constexpr std::ptrdiff_t elements_per_band = 1 << 15;  // fewer are not worth another thread

std::vector<position> framed_positions(int dst_size, int factor) {
  std::vector<position> table(dst_size);
  for (int i = 0; i < dst_size; ++i) {
    table[i] = upsample_position(i, factor);
    ++table[i].index;
  }
  return table;
}

struct upsample_plan {
  const image_pair& pair;
  std::ptrdiff_t element_bytes;
  std::vector<position> x, y;
  linear_rows rows;

  upsample_plan(const image_pair& p, element_type type, int factor)
      : pair(p),
        element_bytes(element_size(type)),
        x(framed_positions(p.dst.width, factor)),
        y(framed_positions(p.dst.height, factor)) {
    rows.make({x, p.src.width + 2, p.src.channels, 0, rounding_of_upsampling(factor)}, type);
  }

  std::size_t pixel_bytes() const { return static_cast<std::size_t>(pair.src.channels * element_bytes); }
  std::size_t framed_bytes() const { return (pair.src.width + std::size_t{2}) * pixel_bytes(); }
  std::ptrdiff_t row_elements() const { return std::ptrdiff_t{pair.dst.width} * pair.dst.channels; }
};

/// Source rows between two pixels of zeros, as many as a walk reads.
class framed_rows {
 public:
  explicit framed_rows(const upsample_plan& plan)
      : plan_(plan),
        bytes_((places + 1) * plan.framed_bytes()),
        zeros_(bytes_.data() + places * plan.framed_bytes()) {
    std::fill_n(held_, places, nothing);
  }

  /// Row `row` of the framed image, until `places` others have been asked for.
  const std::byte* row(const std::byte* src, std::ptrdiff_t row) {
    const image& im = plan_.pair.src;
    if (row == 0 || row > im.height) return zeros_;
    const std::byte* from = src + (row - 1) * im.pitch;
    std::byte* to = bytes_.data() + row % places * plan_.framed_bytes();
    if (held_[row % places] != from) {
      held_[row % places] = from;
      std::memcpy(to + plan_.pixel_bytes(), from, im.width * plan_.pixel_bytes());
    }
    return to;
  }

 private:
  static constexpr int places = most_steps + 2;
  static constexpr const std::byte* nothing = nullptr;
  const upsample_plan& plan_;
  std::vector<std::byte> bytes_;
  const std::byte* zeros_;
  const std::byte* held_[places];
};

/// Rows [first, last) of all planes.
void run_rows(const upsample_plan& plan, std::int64_t first, std::int64_t last) {
  const auto& [src, dst] = plan.pair;
  framed_rows framed(plan);
  row_step steps[most_steps];
  for (std::int64_t row = first; row < last;) {
    const std::int64_t plane = row / dst.height;
    const auto n = static_cast<std::ptrdiff_t>(plane / dst.planes);
    const auto p = static_cast<std::ptrdiff_t>(plane % dst.planes);
    const auto y = static_cast<std::ptrdiff_t>(row % dst.height);
    const auto count = static_cast<int>(std::min<std::int64_t>({most_steps, dst.height - y, last - row}));
    const auto* from = static_cast<const std::byte*>(src.data) + n * src.stride + p * src.plane_stride;
    auto* to = static_cast<std::byte*>(dst.data) + n * dst.stride + p * dst.plane_stride;
    make_steps(
        plan.rows, plan.y.data() + y, count, [&](std::ptrdiff_t i) { return framed.row(from, i); },
        [&](std::ptrdiff_t i) { return to + (y + i) * dst.pitch; }, steps);
    plan.rows.run(steps, count);
    row += count;
  }
}

}  // namespace

status upsample_zero_simd(const image_pair& pair, element_type type, int factor, const launch_options& launch) {
  const upsample_plan plan(pair, type, factor);
  const std::int64_t rows = std::int64_t{pair.dst.height} * pair.dst.planes * pair.dst.count;
  claim_rows(rows, most_steps, std::max<std::int64_t>(1, elements_per_band / plan.row_elements()), launch.threads,
             [&](std::int64_t first, std::int64_t last) { run_rows(plan, first, last); });
  return status::ok;
}

}  // namespace fluxel::kernels
