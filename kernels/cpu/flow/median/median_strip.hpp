// SPDX-License-Identifier: Apache-2.0
#pragma once

// One or two median filters of some columns of an image.

#include <cstdint>

#include "kernels/contract/flow_planes.hpp"
#include "kernels/cpu/flow/median/median_rows.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

struct median_input {
  plane<const std::int16_t> image;
  int n, radius;
  int times;  ///< one filter, or two in a row
};

/// What a strip works in.
struct median_memory {
  median_memory() : rows(18 * median_row) {}
  working_vector<std::int16_t> rows;           ///< split: eight of the image, eight filtered once, two of medians
  std::int16_t reflected[median_pixels] = {};  ///< a row that goes on beyond the border of the image
  std::int16_t beyond[median_pixels];          ///< the second row of the last two, where there is none
};

/// The image goes on beyond its border, reflected; so do its medians. Those beyond are found like all others.
class median_columns {
 public:
  median_columns(const median_input& in, int left, std::int16_t* copy)
      : in_(in), left_(left - in.times * in.radius), copy_(copy) {}
  /// median_pixels of row r.
  const std::int16_t* row(int r) const;

 private:
  const median_input& in_;
  int left_;
  std::int16_t* copy_;
};

/// The filters in values of type T, less `base`. What does not fit T saturates, and the order stays: a median that
/// fits is found all the same.
template <class T>
class median_filters {
 public:
  median_filters(const median_functions_of<T>& functions, const median_columns& columns, const median_input& in,
                 int lanes, std::int16_t* memory)
      : functions_(functions), columns_(columns), in_(in), lanes_(lanes), rows_(reinterpret_cast<T*>(memory)) {}

  /// Before rows y and y + 1.
  void start(int y, std::int16_t base);
  /// `width` medians of rows y and y + 1; the next call is for the rows below.
  median_range filter(int y, int width, std::int16_t* top, std::int16_t* bottom);

 private:
  /// Row r of the image (0), of the first filter (1), or of medians (2).
  T* row(int of, int r) const { return rows_ + (8 * of + (r & 7)) * median_row; }
  void add(int r) { functions_.split(columns_.row(r), base_, row(0, r)); }
  void find(int from, int y, int lanes, T* top, T* bottom) const;
  void filter_once(int y);

  const median_functions_of<T>& functions_;
  const median_columns& columns_;
  const median_input& in_;
  int lanes_;
  T* rows_;
  std::int16_t base_ = 0;
};

/// Flow is smooth: mostly the medians of a strip lie within 255 of each other, and are found in bytes.
class median_strip {
 public:
  static constexpr int width(int times) { return median_planes * (median_lanes - times); }

  median_strip(median_memory& memory, const median_input& in, int left, int first_row);
  median_strip(const median_strip&) = delete;
  /// Rows y and y + 1; from the first row on, then those below.
  void filter(int y, std::int16_t* top, std::int16_t* bottom);

 private:
  bool fits(median_range found) const;
  bool filter_bytes(int y, std::int16_t* top, std::int16_t* bottom);
  void filter_shorts(int y, std::int16_t* top, std::int16_t* bottom);

  int width_;
  median_columns columns_;
  median_filters<u8> bytes_;
  median_filters<std::int16_t> shorts_;
  std::int16_t base_;  ///< of bytes
  bool narrow_ = true, started_ = false;
  int small_ranges_ =
      0;  ///< pairs of rows of shorts that bytes could have held, without one between that they could not
  median_range found_ = {};
};

}  // namespace fluxel::kernels
