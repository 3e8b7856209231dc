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
#include "kernels/cpu/runtime/kept_plans.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

namespace {

constexpr std::ptrdiff_t elements_per_band = 1 << 15;  // fewer are not worth another thread

/// What a plan is known by.
struct upsample_geometry {
  element_type type{};
  int factor = 1;
  int src_width = 0, src_height = 0;
  int channels = 1;
  std::size_t target = 0;  ///< the instruction set

  bool operator==(const upsample_geometry&) const = default;
};

void fill_framed_positions(std::vector<position>& table, int src_size, int factor) {
  table.resize(std::size_t(src_size) * factor);
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = upsample_position(static_cast<int>(i), factor);
    ++table[i].index;
  }
}

struct upsample_plan {
  std::vector<position> x, y;
  linear_rows rows;
  std::size_t pixel_bytes = 0;
  std::size_t framed_bytes = 0;  ///< of a source row and a pixel at either side

  void make(const upsample_geometry& g) {
    pixel_bytes = std::size_t(g.channels) * element_size(g.type);
    framed_bytes = (g.src_width + std::size_t{2}) * pixel_bytes;
    fill_framed_positions(x, g.src_width, g.factor);
    fill_framed_positions(y, g.src_height, g.factor);
    rows.make({x, g.src_width + 2, g.channels, 0, rounding_of_upsampling(g.factor)}, g.type);
  }
};

/// Source rows between two pixels of zeros, as many as a walk reads.
class framed_rows {
 public:
  framed_rows(const upsample_plan& plan, const image& src)
      : plan_(plan),
        src_(src),
        bytes_((places + 1) * plan.framed_bytes),
        zeros_(bytes_.data() + places * plan.framed_bytes) {
    std::fill_n(held_, places, nothing);
  }

  /// Row `row` of the framed image, until `places` others have been asked for.
  const std::byte* row(const std::byte* src, std::ptrdiff_t row) {
    if (row == 0 || row > src_.height) return zeros_;
    const std::byte* from = src + (row - 1) * src_.pitch;
    std::byte* to = bytes_.data() + row % places * plan_.framed_bytes;
    if (held_[row % places] != from) {
      held_[row % places] = from;
      std::memcpy(to + plan_.pixel_bytes, from, src_.width * plan_.pixel_bytes);
    }
    return to;
  }

 private:
  static constexpr int places = most_steps + 2;
  static constexpr const std::byte* nothing = nullptr;
  const upsample_plan& plan_;
  const image& src_;
  working_vector<std::byte> bytes_;
  const std::byte* zeros_;
  const std::byte* held_[places];
};

/// Rows [first, last) of all planes.
void run_rows(const upsample_plan& plan, const image_pair& pair, std::int64_t first, std::int64_t last) {
  const auto& [src, dst] = pair;
  framed_rows framed(plan, src);
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
  const upsample_geometry geometry{
      type, factor, pair.src.width, pair.src.height, pair.src.channels, chosen_target_number()};
  const std::int64_t rows = std::int64_t{pair.dst.height} * pair.dst.planes * pair.dst.count;
  const std::int64_t row_elements = std::int64_t{pair.dst.width} * pair.dst.channels;
  with_kept_plans<upsample_geometry, upsample_plan>([&](auto& plans) {
    const upsample_plan& plan = plans.of(geometry, [&](upsample_plan& made) { made.make(geometry); });
    claim_rows(rows, most_steps, std::max<std::int64_t>(1, elements_per_band / row_elements), launch.threads,
               [&](std::int64_t first, std::int64_t last) { run_rows(plan, pair, first, last); });
  });
  return status::ok;
}

}  // namespace fluxel::kernels
