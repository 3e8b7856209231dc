// SPDX-License-Identifier: Apache-2.0
// Bilinear upsampling with zeros beyond the border: the rows of the bilinear resize, between source rows that are
// framed with zeros. Positions count from the frame.

#include "kernels/cpu/conv_transpose/upsample.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/common/resize/position.hpp"
#include "kernels/cpu/resize/linear_rows.hpp"
#include "kernels/cpu/runtime/parallel.hpp"
#include "kernels/cpu/runtime/streaming_store.hpp"

namespace fluxel::kernels {

namespace {

constexpr std::ptrdiff_t slot_bytes = 65536;           // longer rows are cut into tiles
constexpr std::int64_t streamed_bytes = 24'000'000;    // results that would push everything else out of the caches
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
  std::unique_ptr<linear_rows> rows;
  bool streams;

  upsample_plan(const image_pair& p, element_type type, int factor)
      : pair(p),
        element_bytes(element_size(type)),
        x(framed_positions(p.dst.width, factor)),
        y(framed_positions(p.dst.height, factor)),
        rows(make_linear_rows({x, p.src.width + 2, p.src.channels, 0, rounding_of_upsampling(factor)}, type)),
        streams(row_elements() * element_bytes * p.dst.height * p.dst.planes * p.dst.count >= streamed_bytes) {}

  std::ptrdiff_t pixel_bytes() const { return pair.src.channels * element_bytes; }
  std::ptrdiff_t row_elements() const { return std::ptrdiff_t{pair.dst.width} * pair.dst.channels; }
};

/// The rows of one band.
class upsample_band {
 public:
  explicit upsample_band(const upsample_plan& plan) : plan_(plan) {
    for (auto& row : framed_) row.resize((plan.pair.src.width + 2) * plan.pixel_bytes());
  }

  /// Rows [first, last) of one plane, in tiles whose filtered rows fit the slots.
  void run(const std::byte* src, std::byte* dst, int first, int last) {
    const linear_rows& rows = *plan_.rows;
    framed_row_[0] = framed_row_[1] = -1;
    const std::ptrdiff_t blocks = (plan_.row_elements() + rows.block - 1) / rows.block;
    const std::ptrdiff_t tile = slot_bytes / (std::ptrdiff_t{rows.block} * rows.between_bytes);
    for (std::ptrdiff_t block = 0; block < blocks; block += tile) {
      held_[0] = held_[1] = -1;
      first_block_ = static_cast<int>(block);
      last_block_ = static_cast<int>(std::min(blocks, block + tile));
      const std::ptrdiff_t element = block * rows.block;
      const auto count = static_cast<int>(
          std::min<std::ptrdiff_t>(plan_.row_elements(), last_block_ * std::ptrdiff_t{rows.block}) - element);
      std::byte* out = dst + element * plan_.element_bytes;
      for (std::ptrdiff_t y = first; y < last; ++y) {
        const position p = plan_.y[y];
        const auto* upper = filtered(src, p.index);
        const auto* lower = p.fraction == 0 ? upper : filtered(src, p.index + 1);
        std::byte* row = out + y * plan_.pair.dst.pitch;
        if (plan_.streams)
          stream_row(upper, lower, p.fraction, row, count);
        else
          rows.vertical(upper, lower, p.fraction, row, count);
      }
    }
  }

 private:
  /// Blends two filtered rows past the caches: a chunk at a time, so that computing and writing overlap.
  void stream_row(const std::byte* upper, const std::byte* lower, std::uint32_t fraction, std::byte* out, int count) {
    alignas(64) std::byte line[2048];
    const auto element = static_cast<int>(plan_.element_bytes);
    const int chunk = static_cast<int>(sizeof line) / element;
    for (int i = 0; i < count; i += chunk) {
      const int n = std::min(chunk, count - i);
      const std::ptrdiff_t between = std::ptrdiff_t{i} * plan_.rows->between_bytes;
      plan_.rows->vertical(upper + between, lower + between, fraction, line, n);
      stream_bytes(line, out + std::ptrdiff_t{i} * element, static_cast<std::size_t>(n) * element);
    }
  }

  /// Row `row` of the framed image in slot row mod 2.
  const std::byte* filtered(const std::byte* src, std::int32_t row) {
    std::byte* slot = slots_[row & 1];
    if (held_[row & 1] == row) return slot;
    held_[row & 1] = row;
    const image& im = plan_.pair.src;
    if (row == 0 || row > im.height) {
      std::memset(slot, 0, std::size_t(last_block_ - first_block_) * plan_.rows->block * plan_.rows->between_bytes);
      return slot;
    }
    frame(src, row);
    plan_.rows->horizontal(framed_[row & 1].data(), first_block_, last_block_, slot);
    // The next row now: loads that meet stores still on their way to the cache stall.
    if (row < im.height) frame(src, row + 1);
    return slot;
  }

  /// Copies row `row` of the framed image between its two pixels of zeros.
  void frame(const std::byte* src, std::int32_t row) {
    if (framed_row_[row & 1] == row) return;
    framed_row_[row & 1] = row;
    const image& im = plan_.pair.src;
    std::memcpy(framed_[row & 1].data() + plan_.pixel_bytes(), src + (row - 1) * im.pitch,
                im.width * plan_.pixel_bytes());
  }

  const upsample_plan& plan_;
  std::vector<std::byte> framed_[2];
  std::int32_t framed_row_[2] = {-1, -1};
  std::int32_t held_[2] = {-1, -1};
  int first_block_ = 0;
  int last_block_ = 0;
  alignas(64) std::byte slots_[2][slot_bytes];
};

void run_rows(const upsample_plan& plan, std::int64_t first, std::int64_t last) {
  const auto& [src, dst] = plan.pair;
  upsample_band band(plan);
  for (std::int64_t row = first; row < last;) {
    const std::int64_t plane = row / dst.height;
    const auto n = static_cast<std::ptrdiff_t>(plane / dst.planes);
    const auto p = static_cast<std::ptrdiff_t>(plane % dst.planes);
    const std::int64_t y = row % dst.height;
    const std::int64_t end = std::min<std::int64_t>(dst.height, y + last - row);
    band.run(static_cast<const std::byte*>(src.data) + n * src.stride + p * src.plane_stride,
             static_cast<std::byte*>(dst.data) + n * dst.stride + p * dst.plane_stride, static_cast<int>(y),
             static_cast<int>(end));
    row += end - y;
  }
  if (plan.streams) stream_fence();
}

}  // namespace

status upsample_zero_simd(const image_pair& pair, element_type type, int factor, const launch_options& launch) {
  const upsample_plan plan(pair, type, factor);
  const std::int64_t rows = std::int64_t{pair.dst.height} * pair.dst.planes * pair.dst.count;
  parallel_rows(rows, std::max<std::int64_t>(1, elements_per_band / plan.row_elements()), launch.threads,
                [&](std::int64_t first, std::int64_t last) { run_rows(plan, first, last); });
  return status::ok;
}

}  // namespace fluxel::kernels
