// SPDX-License-Identifier: Apache-2.0
// Medians strip by strip: some columns of two rows at a time. Flow is smooth: mostly
// the values around two rows of a strip differ by less than 256, and their medians are those of bytes. Of two filters
// in a row the first one's rows stay in the caches.

#include "kernels/cpu/flow/median/median.hpp"

#include <algorithm>
#include <vector>

#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/derivatives.hpp"
#include "kernels/cpu/flow/median/median_rows.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

namespace {

/// The last rows of some columns with their borders, reflected at those of the image; as bytes too, where they fit.
class strip {
 public:
  strip(int image_width, int radius, int left, int width)
      : image_width_(image_width),
        radius_(radius),
        left_(left),
        width_(width),
        reflects_(left < radius || left + width + median_room > image_width),
        copies_(reflects_ ? slots * pitch : 0),
        bytes_(slots * pitch) {}

  /// Row r of the image, which may lie beyond it; rows come in order. `whole` stays as it is while a window needs it.
  void add(int r, const std::int16_t* whole) {
    const std::int16_t* row = reflects_ ? copy(whole, r) : whole + left_;
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
    const int first = std::max(left_ - radius_, 0), last = std::min(left_ + width_ + radius_, image_width_);
    std::copy(row + first, row + last, to + (first - left_));
    for (int x = left_ - radius_; x < first; ++x) to[x - left_] = row[reflect_index(x, image_width_)];
    for (int x = last; x < left_ + width_ + radius_; ++x) to[x - left_] = row[reflect_index(x, image_width_)];
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

  int image_width_, radius_, left_, width_;
  bool reflects_;
  bool packed_ = false;  ///< all rows of the last window are in bytes_, less base_
  std::int16_t base_ = 0;
  const std::int16_t* rows_[slots] = {};
  median_range ranges_[slots] = {};
  working_vector<std::int16_t> copies_;
  working_vector<u8> bytes_;
  const flow_median_functions& functions_ = flow_median_rows();
};

/// The strips of whole rows.
class row_filter {
 public:
  row_filter(int width, int radius) {
    for (int left = 0; left < width; left += median_strip)
      strips_.emplace_back(width, radius, left, std::min(median_strip, width - left));
  }
  void add(int r, const std::int16_t* row) {
    for (strip& s : strips_) s.add(r, row);
  }
  void filter(int y, std::int16_t* top, std::int16_t* bottom) {
    for (strip& s : strips_) s.filter(y, top, bottom);
  }

 private:
  std::vector<strip, working_allocator<strip>> strips_;
};

/// Row y of image n; beyond the border the image is reflected.
const std::int16_t* reflected_row(plane<const std::int16_t> p, int n, int y) {
  return row_at(p, n, reflect_index(y, p.height));
}

/// Writes the rows of a band, two at a time, from the rows that row_of(r) finds, which comes in order.
template <class RowOf>
void filter_band(const RowOf& row_of, plane<std::int16_t> out, int radius, int n, int first, int last) {
  row_filter filter(out.width, radius);
  working_vector<std::int16_t> beyond(out.width);  // the second row of the last pair, where there is none
  for (int r = first - radius; r < first + radius; ++r) filter.add(r, row_of(r));
  for (int y = first; y < last; y += 2) {
    for (int r = y + radius; r < y + radius + 2; ++r) filter.add(r, row_of(r));
    filter.filter(y, row_at(out, n, y), y + 1 < last ? row_at(out, n, y + 1) : beyond.data());
  }
}

void median_band(plane<const std::int16_t> in, plane<std::int16_t> out, int radius, int n, int first, int last) {
  filter_band([&](int r) { return reflected_row(in, n, r); }, out, radius, n, first, last);
}

/// Rows that have been filtered once, made two at a time as they are asked for; the last ones are kept.
class filtered_rows {
 public:
  filtered_rows(plane<const std::int16_t> in, int radius, int n, int first)
      : in_(in), radius_(radius), n_(n), made_(first), filter_(in.width, radius), rows_(in.width) {
    for (int r = first - radius; r < first + radius; ++r) filter_.add(r, reflected_row(in_, n_, r));
  }
  const std::int16_t* at(int r) {
    const int y = reflect_index(r, in_.height);
    for (; made_ <= y; made_ += 2) {
      for (int k = 0; k < 2; ++k) filter_.add(made_ + radius_ + k, reflected_row(in_, n_, made_ + radius_ + k));
      filter_.filter(made_, rows_[made_], rows_[made_ + 1]);
    }
    return rows_[y];
  }

 private:
  plane<const std::int16_t> in_;
  int radius_, n_, made_;
  row_filter filter_;
  ring<std::int16_t, 16> rows_;  // two more than a window has would do
};

void median_twice_band(plane<const std::int16_t> in, plane<std::int16_t> out, int radius, int n, int first,
                       int last) {
  filtered_rows once(in, radius, n, std::max(first - radius, 0));
  filter_band([&](int r) { return once.at(r); }, out, radius, n, first, last);
}

}  // namespace

status median_of_rows(const flow_planes& in, const flow_planes& out, int radius, const launch_options& launch) {
  for_bands(in.u, launch, [&](int n, int first, int last) {
    median_band(in.u, out.u, radius, n, first, last);
    median_band(in.v, out.v, radius, n, first, last);
  });
  return status::ok;
}

status median_twice_of_rows(const flow_planes& in, const flow_planes& /*between*/, const flow_planes& out, int radius,
                            const launch_options& launch) {
  for_bands(in.u, launch, [&](int n, int first, int last) {
    median_twice_band(in.u, out.u, radius, n, first, last);
    median_twice_band(in.v, out.v, radius, n, first, last);
  });
  return status::ok;
}

}  // namespace fluxel::kernels
