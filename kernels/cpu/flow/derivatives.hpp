// SPDX-License-Identifier: Apache-2.0
#pragma once

// Working rows of the steps that need slopes.

#include <algorithm>
#include <cstdint>

#include "kernels/common/flow/slopes.hpp"
#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/rows.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

inline constexpr int row_pad = 32;   // border of working rows, in elements: a line of 16-bit ones
inline constexpr int row_room = 64;  // behind them, for a vector that begins inside

/// Working rows that a moving window of image rows needs: row r lives in slot r mod `rows`. They begin on cache
/// lines: vectors that cross one take twice as long.
template <class T, int rows>
class ring {
 public:
  explicit ring(int width)
      : pitch_((width + row_pad + row_room + 31) / 32 * 32),
        data_(std::size_t(rows) * pitch_),
        first_(data_.data() + row_pad) {}
  ring(const ring&) = delete;
  T* operator[](int r) { return first_ + std::size_t(r % rows) * pitch_; }

 private:
  int pitch_;
  working_vector<T> data_;
  T* first_;
};

/// The slopes around the rows of one band, made as the band moves down: `at` takes rows in order.
class derivative_window {
 public:
  derivative_window(const flow_frames& frames, const warped_frame& warped, int n)
      : frames_(frames),
        warped_(warped),
        n_(n),
        width_(frames.prev.width),
        height_(frames.prev.height),
        sum_(width_),
        change_(width_),
        mx_(width_),
        my_(width_) {}

  derivative_rows at(int y) {
    const auto& rows = flow_system_rows();
    for (const int last = clamp(y + 4); sums_ <= last; ++sums_)
      if (sums_ >= clamp(y - 4))
        rows.sum_and_change(row_at(frames_.prev, n_, sums_), row_at(warped_.grey, n_, sums_), width_, sum_[sums_],
                            change_[sums_]);
    for (const int last = clamp(y + 2); derived_ <= last; ++derived_) {
      if (derived_ < clamp(y - 2)) continue;
      const std::int16_t* around[5];
      for (int k = 0; k < 5; ++k) around[k] = sum_[clamp(derived_ + k - 2)];
      rows.derive(around, width_, mx_[derived_], my_[derived_]);
    }
    derivative_rows r{};
    for (int k = 0; k < 5; ++k) {
      const int i = clamp(y + k - 2);
      r.change[k] = change_[i];
      r.mx[k] = mx_[i];
      r.my[k] = my_[i];
    }
    return r;
  }

 private:
  int clamp(int y) const { return clamp_index(y, height_); }

  const flow_frames& frames_;
  const warped_frame& warped_;
  int n_, width_, height_;
  int sums_ = 0, derived_ = 0;  ///< rows already made
  ring<std::int16_t, 16> sum_, change_;
  ring<std::int16_t, 8> mx_, my_;
};

/// -1 where there is a data term, else 0: see has_data_term.
inline void known_row(const flow_frames& frames, const warped_frame& warped, int n, int y, std::int16_t* known) {
  const int width = frames.prev.width, height = frames.prev.height;
  const std::uint8_t* reason = row_at(warped.reason, n, y);
  for (int x = 0; x < width; ++x) known[x] = static_cast<std::int16_t>(-(reason[x] == 0));
  if (frames.prev_mask.data == nullptr && frames.next_mask.data == nullptr) return;
  for (int j = -change_reach; j <= change_reach; ++j) {
    const std::uint8_t* row = row_at(warped.reason, n, clamp_index(y + j, height));
    for (int x = 0; x < width; ++x)
      if (row[x] == flow_masked) known[x] = 0;
  }
  for (int x = 0; x < width; ++x)
    if (reason[x] == flow_masked)
      for (int i = std::max(x - change_reach, 0); i <= std::min(x + change_reach, width - 1); ++i) known[i] = 0;
}

}  // namespace fluxel::kernels
