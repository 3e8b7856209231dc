// SPDX-License-Identifier: Apache-2.0
// Medians strip by strip: some columns of two rows at a time. Flow is smooth: mostly
// the values around two rows of a strip differ by less than 256, and their medians are those of bytes.

#include "kernels/cpu/flow/median.hpp"

#include <algorithm>
#include <vector>

#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/derivatives.hpp"
#include "kernels/cpu/flow/median_rows.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

namespace {

/// The last rows of some columns with their borders, reflected at those of the image; as bytes too, where they fit.
class strip {
 public:
  strip(plane<const std::int16_t> in, int n, int radius, int left, int width)
      : in_(in),
        n_(n),
        radius_(radius),
        left_(left),
        width_(width),
        reflects_(left < radius || left + width + median_room > in.width),
        copies_(reflects_ ? slots * pitch : 0),
        bytes_(slots * pitch) {}

  /// Row r may lie beyond the image; rows come in order.
  void add(int r) {
    const std::int16_t* row = row_at(in_, n_, reflect_index(r, in_.height)) + left_;
    if (reflects_) row = copy(row - left_, r);
    rows_[slot(r)] = row;
    ranges_[slot(r)] = functions_.range(row - radius_, width_ + 2 * radius_);
    if (!packed_) return;
    packed_ = ranges_[slot(r)].least >= base_ && ranges_[slot(r)].most <= base_ + 255;
    if (packed_) pack(r);
  }
  /// The medians of two rows, from those around them.
  void filter(int y, std::int16_t* top, std::int16_t* bottom) {
    const int first = y - radius_, count = 2 * radius_ + 2;
    if (!packed_) pack_all(first, count);
    if (packed_) {
      const u8* rows[slots];
      for (int k = 0; k < count; ++k) rows[k] = bytes(first + k);
      functions_.narrow[radius_ - 1](rows, base_, width_, top + left_, bottom + left_);
    } else {
      const std::int16_t* rows[slots];
      for (int k = 0; k < count; ++k) rows[k] = rows_[slot(first + k)];
      functions_.wide[radius_ - 1](rows, 0, width_, top + left_, bottom + left_);
    }
  }

 private:
  static constexpr int slots = 8;  // 2 radius + 2 of the largest radius
  static constexpr std::size_t pitch = (median_border + median_strip + median_room + 63) / 64 * 64;

  static int slot(int r) { return (r + slots) % slots; }
  u8* bytes(int r) { return bytes_.data() + slot(r) * pitch + median_border; }

  const std::int16_t* copy(const std::int16_t* row, int r) {
    std::int16_t* to = copies_.data() + slot(r) * pitch + median_border;
    const int first = std::max(left_ - radius_, 0), last = std::min(left_ + width_ + radius_, in_.width);
    std::copy(row + first, row + last, to + (first - left_));
    for (int x = left_ - radius_; x < first; ++x) to[x - left_] = row[reflect_index(x, in_.width)];
    for (int x = last; x < left_ + width_ + radius_; ++x) to[x - left_] = row[reflect_index(x, in_.width)];
    return to;
  }
  void pack(int r) { functions_.pack(rows_[slot(r)] - radius_, base_, width_ + 2 * radius_, bytes(r) - radius_); }

  void pack_all(int first, int count) {
    int least = 32767, most = -32768;
    for (int k = 0; k < count; ++k) {
      least = std::min<int>(least, ranges_[slot(first + k)].least);
      most = std::max<int>(most, ranges_[slot(first + k)].most);
    }
    packed_ = most - least <= 255;
    if (!packed_) return;
    base_ = static_cast<std::int16_t>(std::clamp(least - (255 - (most - least)) / 2, -32768, 32767 - 255));
    for (int k = 0; k < count; ++k) pack(first + k);
  }

  plane<const std::int16_t> in_;
  int n_, radius_, left_, width_;
  bool reflects_;
  bool packed_ = false;  ///< all rows of the last window are in bytes_, less base_
  std::int16_t base_ = 0;
  const std::int16_t* rows_[slots] = {};
  median_range ranges_[slots] = {};
  working_vector<std::int16_t> copies_;
  working_vector<u8> bytes_;
  const flow_median_functions& functions_ = flow_median_rows();
};

void median_band(plane<const std::int16_t> in, plane<std::int16_t> out, int radius, int n, int first, int last) {
  std::vector<strip, working_allocator<strip>> strips;
  for (int left = 0; left < in.width; left += median_strip)
    strips.emplace_back(in, n, radius, left, std::min(median_strip, in.width - left));
  working_vector<std::int16_t> beyond(in.width);  // the second row of the last pair, where there is none
  for (int r = first - radius; r < first + radius; ++r)
    for (strip& s : strips) s.add(r);
  for (int y = first; y < last; y += 2) {
    std::int16_t *const top = row_at(out, n, y), *const bottom = y + 1 < last ? row_at(out, n, y + 1) : beyond.data();
    for (strip& s : strips) {
      s.add(y + radius);
      s.add(y + radius + 1);
      s.filter(y, top, bottom);
    }
  }
}

}  // namespace

status median_of_rows(const flow_planes& in, const flow_planes& out, int radius, const launch_options& launch) {
  for_bands(in.u, launch, [&](int n, int first, int last) {
    median_band(in.u, out.u, radius, n, first, last);
    median_band(in.v, out.v, radius, n, first, last);
  });
  return status::ok;
}

}  // namespace fluxel::kernels
