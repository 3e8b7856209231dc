// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/flow/median/median_strip.hpp"

#include <algorithm>

#include "kernels/common/runtime/pixel.hpp"

namespace fluxel::kernels {

namespace {

constexpr int least_base = -32768, most_base = 32767 - 255;
constexpr int headroom = 8;       // before medians that move away
constexpr int small_range = 192;  // of medians, with room on both sides
constexpr int steady = 3;         // pairs of rows of small range, after which the next ones are likely to be so too

int lanes_of(int width) { return (width + median_planes - 1) / median_planes; }
std::int16_t base_from(int least) { return static_cast<std::int16_t>(std::clamp(least, least_base, most_base)); }

}  // namespace

const std::int16_t* median_columns::row(int r) const {
  const int width = in_.image.width;
  const std::int16_t* const from = row_at(in_.image, in_.n, reflect_index(r, in_.image.height));
  if (left_ >= 0 && left_ + median_pixels <= width) return from + left_;
  const int first = std::max(-left_, 0), last = std::min(width - left_, median_pixels);
  for (int x = 0; x < first; ++x) copy_[x] = from[reflect_index(left_ + x, width)];
  std::copy(from + left_ + first, from + left_ + last, copy_ + first);
  const int needed = std::min(last + 2 * in_.times * in_.radius, median_pixels);
  for (int x = last; x < needed; ++x) copy_[x] = from[reflect_index(left_ + x, width)];
  return copy_;
}

template <class T>
void median_filters<T>::find(int from, int y, int lanes, T* top, T* bottom) const {
  const T* rows[8];
  for (int k = 0; k < 2 * in_.radius + 2; ++k) rows[k] = row(from, y - in_.radius + k);
  functions_.medians[in_.radius - 1](rows, lanes, top, bottom);
}

template <class T>
void median_filters<T>::filter_once(int y) {
  for (int k = 0; k < 2; ++k) add(y + in_.radius + k);
  find(0, y, lanes_ + 1, row(1, y), row(1, y + 1));
}

template <class T>
void median_filters<T>::start(int y, std::int16_t base) {
  base_ = base;
  for (int r = y - in_.times * in_.radius; r < y - (in_.times - 2) * in_.radius; ++r) add(r);
  if (in_.times == 2)
    for (int once = y - in_.radius; once < y + in_.radius; once += 2) filter_once(once);
}

template <class T>
median_range median_filters<T>::filter(int y, int width, std::int16_t* top, std::int16_t* bottom) {
  if (in_.times == 2)
    filter_once(y + in_.radius);
  else
    for (int k = 0; k < 2; ++k) add(y + in_.radius + k);
  T* const medians[2] = {row(2, 0), row(2, 1)};
  find(in_.times - 1, y, lanes_, medians[0], medians[1]);
  std::int16_t* const to[2] = {top, bottom};
  return functions_.join(medians, base_, width, to);
}

median_strip::median_strip(median_memory& memory, const median_input& in, int left, int first_row)
    : width_(std::min(width(in.times), in.image.width - left)),
      columns_(in, left, memory.reflected),
      bytes_(flow_median_rows().narrow, columns_, in, lanes_of(width_), memory.rows.data()),
      shorts_(flow_median_rows().wide, columns_, in, lanes_of(width_), memory.rows.data()),
      base_(base_from(row_at(in.image, in.n, first_row)[left + width_ / 2] - 128)) {}

/// Whether no median is the least or the largest byte, which stand for all values beyond them.
bool median_strip::fits(median_range found) const {
  return (found.least > base_ || base_ == least_base) && (found.most < base_ + 255 || base_ == most_base);
}

bool median_strip::filter_bytes(int y, std::int16_t* top, std::int16_t* bottom) {
  if (!started_) bytes_.start(y, base_);
  started_ = true;
  found_ = bytes_.filter(y, width_, top, bottom);
  return fits(found_);
}

void median_strip::filter_shorts(int y, std::int16_t* top, std::int16_t* bottom) {
  if (!started_) shorts_.start(y, 0);
  started_ = true;
  found_ = shorts_.filter(y, width_, top, bottom);
  small_ranges_ = found_.most - found_.least <= small_range ? small_ranges_ + 1 : 0;
  if (small_ranges_ < steady) return;
  narrow_ = true;
  started_ = false;
  base_ = base_from((found_.least + found_.most - 255) / 2);
}

void median_strip::filter(int y, std::int16_t* top, std::int16_t* bottom) {
  if (narrow_) {
    if (filter_bytes(y, top, bottom)) return;
    // Medians that have moved beyond one end leave room at the other.
    const int up = found_.least - headroom - base_, down = base_ + 255 - headroom - found_.most;
    started_ = false;
    if (up > 0 || down > 0) {
      base_ = base_from(up > down ? base_ + up : base_ - down);
      if (filter_bytes(y, top, bottom)) return;
    }
    narrow_ = started_ = false;
    small_ranges_ = 0;
  }
  filter_shorts(y, top, bottom);
}

}  // namespace fluxel::kernels
