// SPDX-License-Identifier: Apache-2.0
// The structure tensor on the CPU. Column sums of a band move down a row at a time: the row that enters is added, the
// one that leaves is computed again and subtracted. Integers, so the order does not matter.

#include "kernels/common/flow/structure.hpp"

#include <cstddef>
#include <cstdint>

#include "kernels/cpu/flow/validity/structure.hpp"
#include "kernels/cpu/runtime/independent.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/validity/structure.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

#ifndef FLUXEL_STRUCTURE_ROWS
#define FLUXEL_STRUCTURE_ROWS
namespace fluxel::kernels {

/// Five rows of intensities around one row.
struct grey_rows {
  const u16* row[5];
};

/// Column sums of the three products, and rows of results.
struct column_sums {
  std::int64_t *xx, *xy, *yy;
};

struct structure_row_functions {
  /// Adds one row's products times `sign` (1 or -1).
  void (*add_row)(const grey_rows& grey, int width, std::int64_t sign, const column_sums& sums);
  /// Windows over column sums that have `radius` entries of border on each side; `sums` is scratch. `larger` may be
  /// null.
  void (*eigenvalues)(const column_sums& columns, const column_sums& sums, int radius, int width, float* smaller,
                      float* larger);
};

}  // namespace fluxel::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR
const structure_row_functions* structure_functions() { return nullptr; }  // the scalar functions run instead
#else

namespace {

namespace hn = hwy::HWY_NAMESPACE;

void add_row(const grey_rows& grey, int width, std::int64_t sign, const column_sums& sums) {
  const u16 *m2 = grey.row[0], *m1 = grey.row[1], *row = grey.row[2], *p1 = grey.row[3], *p2 = grey.row[4];
  std::int64_t* HWY_RESTRICT xx = sums.xx;
  std::int64_t* HWY_RESTRICT xy = sums.xy;
  std::int64_t* HWY_RESTRICT yy = sums.yy;
  auto add = [=](int x, std::int32_t gx, std::int32_t gy) HWY_ATTR {
    xx[x] += sign * (gx * gx);
    xy[x] += sign * (gx * gy);
    yy[x] += sign * (gy * gy);
  };
  auto along_y = [=](int x) HWY_ATTR { return derivative5(m2[x], m1[x], p1[x], p2[x]); };
  auto at_border = [=](int x) HWY_ATTR {
    auto level = [=](int i) HWY_ATTR { return row[clamp_index(i, width)]; };
    add(x, derivative5(level(x - 2), level(x - 1), level(x + 1), level(x + 2)), along_y(x));
  };
  const int first = width < 2 ? width : 2, last = width - 2 > first ? width - 2 : first;
  for (int x = 0; x < first; ++x) at_border(x);
  FLUXEL_INDEPENDENT
  for (int x = first; x < last; ++x) add(x, derivative5(row[x - 2], row[x - 1], row[x + 1], row[x + 2]), along_y(x));
  for (int x = last; x < width; ++x) at_border(x);
}

void window_sums(const std::int64_t* columns, int radius, int width, std::int64_t* HWY_RESTRICT sums) {
  const hn::ScalableTag<std::int64_t> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (int x = 0; x < width; x += lanes) {  // rows have room for whole vectors
    auto sum = hn::LoadU(d, columns + x - radius);
    for (int k = 1 - radius; k <= radius; ++k) sum = hn::Add(sum, hn::LoadU(d, columns + x + k));
    hn::StoreU(sum, d, sums + x);
  }
}

void find_eigenvalues(const column_sums& columns, const column_sums& sums, int radius, int width,
                      float* HWY_RESTRICT smaller, float* HWY_RESTRICT larger) {
  window_sums(columns.xx, radius, width, sums.xx);
  window_sums(columns.xy, radius, width, sums.xy);
  window_sums(columns.yy, radius, width, sums.yy);
  const std::int64_t *xx = sums.xx, *xy = sums.xy, *yy = sums.yy;
  const tensor_scale scale = structure_scale(radius);
  const int shift = scale.shift;
  const float unit = scale.unit;
  auto at = [=](int x) HWY_ATTR {
    return tensor_eigenvalues(shifted_sum(xx[x], shift), shifted_sum(xy[x], shift), shifted_sum(yy[x], shift), unit);
  };
  if (larger == nullptr) {
    FLUXEL_INDEPENDENT
    for (int x = 0; x < width; ++x) smaller[x] = at(x).smaller;
    return;
  }
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    const kernels::eigenvalues e = at(x);
    smaller[x] = e.smaller;
    larger[x] = e.larger;
  }
}

}  // namespace

const structure_row_functions* structure_functions() {
  static constexpr structure_row_functions table{add_row, find_eigenvalues};
  return &table;
}

#endif
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>

#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

FLUXEL_TABLE_OF_TARGET(structure_row_functions, structure_rows, structure_functions)

namespace fluxel::kernels {

namespace {

/// Three rows of sums with room for a window's border and a vector's end.
class sum_rows {
 public:
  explicit sum_rows(int width) : pitch_(width + 2 * border), data_(3 * std::size_t(pitch_)) {}
  column_sums rows() {
    std::int64_t* first = data_.data() + border;
    return {first, first + pitch_, first + 2 * pitch_};
  }
  void repeat_border(int width, int radius) {
    const auto [xx, xy, yy] = rows();
    for (std::int64_t* row : {xx, xy, yy}) {
      std::fill(row - radius, row, row[0]);
      std::fill(row + width, row + width + radius, row[width - 1]);
    }
  }

 private:
  static constexpr int border = 32;
  static_assert(border >= most_structure_radius + 16);
  std::ptrdiff_t pitch_;
  working_vector<std::int64_t> data_;
};

grey_rows rows_around(const plane<const u16>& grey, int n, int y) {
  grey_rows r{};
  y = clamp_index(y, grey.height);
  for (int k = 0; k < 5; ++k) r.row[k] = row_at(grey, n, clamp_index(y + k - 2, grey.height));
  return r;
}

}  // namespace

status structure_of_image(plane<const u16> grey, int radius, plane<float> smaller, plane<float> larger,
                          const launch_options& launch) {
  const auto& rows = structure_rows();
  const int width = grey.width;
  for_bands(grey, launch, [&](int n, int first, int last) {
    sum_rows columns(width), windows(width);
    auto add = [&](int y, std::int64_t sign) { rows.add_row(rows_around(grey, n, y), width, sign, columns.rows()); };
    for (int y = first - radius; y < first + radius; ++y) add(y, 1);
    for (int y = first; y < last; ++y) {
      add(y + radius, 1);
      columns.repeat_border(width, radius);
      rows.eigenvalues(columns.rows(), windows.rows(), radius, width, row_at(smaller, n, y),
                       larger.data == nullptr ? nullptr : row_at(larger, n, y));
      add(y - radius, -1);
    }
  });
  return status::ok;
}

}  // namespace fluxel::kernels
#endif
