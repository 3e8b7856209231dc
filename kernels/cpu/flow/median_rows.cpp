// SPDX-License-Identifier: Apache-2.0
// The medians of two rows of windows at a time, from columns that are sorted once and merged: sorted columns and
// pairs of columns are shared by all windows that contain them; the median itself is a k-th element of two sorted
// lists.

#include <cstddef>

#include "kernels/cpu/flow/rows.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/median_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

constexpr int median_chunk = 512;  // pixels whose columns and pairs stay in the nearest cache

namespace hn = hwy::HWY_NAMESPACE;
using lanes = hn::ScalableTag<std::int16_t>;
using value = hn::Vec<lanes>;
HWY_INLINE value smaller(value a, value b) { return hn::Min(a, b); }
HWY_INLINE value larger(value a, value b) { return hn::Max(a, b); }
#define FLUXEL_LIST_INLINE HWY_INLINE
#include "kernels/common/flow/sorted_lists.inc"
#undef FLUXEL_LIST_INLINE

template <int n>
HWY_INLINE list<n> load(const std::int16_t* p, std::ptrdiff_t stride) {
  list<n> out;
  for (int i = 0; i < n; ++i) out.at[i] = hn::LoadU(lanes(), p + i * stride);
  return out;
}
template <int n>
HWY_INLINE void store(const list<n>& a, std::int16_t* p, std::ptrdiff_t stride) {
  for (int i = 0; i < n; ++i) hn::StoreU(a.at[i], lanes(), p + i * stride);
}

/// Two rows of windows have all rows but one in common. Their medians are among the n + 1 middle ones of what they
/// share.
template <int radius>
class row_pair {
  static constexpr int n = 2 * radius + 1, common = 2 * radius;
  static constexpr int step = static_cast<int>(HWY_LANES(std::int16_t));
  static constexpr std::ptrdiff_t stride = median_chunk + 3 * step;  // whole vectors

 public:
  row_pair(const std::int16_t* const* rows, int first, int width) : rows_(rows), first_(first - radius) {
    for (int x = 0; x < width + 2 * radius; x += step) {
      list<common> column;
      for (int i = 0; i < common; ++i) column.at[i] = hn::LoadU(lanes(), rows[i + 1] + first_ + x);
      store<common>(sort(column), columns_ + x, stride);
    }
    for (int x = 0; x < width + 2 * radius - 1; x += step)
      store<2 * common>(merge(column(x), column(x + 1)), pairs_ + x, stride);
    if constexpr (radius == 3)
      for (int x = 0; x < width; x += step) store<3 * common>(merge(pair(x + 4), column(x + 6)), threes_ + x, stride);
  }

  list<n + 1> middle(int x) const {
    return middle_of_columns<radius>([=, this](int i) HWY_ATTR { return column(x + i); },
                                     [=, this](int i) HWY_ATTR { return pair(x + i); },
                                     [=, this](int) HWY_ATTR { return load<3 * common>(threes_ + x, stride); });
  }
  /// The median with the row that the other window does not have.
  value median(const list<n + 1>& middle, int row, int x) const {
    return kth<n + 1>(middle, sort(load<n>(rows_[row] + first_ + x, 1)));
  }

 private:
  list<common> column(int x) const { return load<common>(columns_ + x, stride); }
  list<2 * common> pair(int x) const { return load<2 * common>(pairs_ + x, stride); }

  const std::int16_t* const* rows_;
  int first_;
  alignas(64) std::int16_t columns_[common * stride];                       // sorted; column x starts at first_ + x
  alignas(64) std::int16_t pairs_[2 * common * stride];                     // columns x and x + 1
  alignas(64) std::int16_t threes_[radius == 3 ? 3 * common * stride : 1];  // columns x + 4 to x + 6
};

HWY_INLINE void store_some(value v, int count, std::int16_t* to) {
  std::int16_t all[HWY_MAX_BYTES / 2];
  hn::StoreU(v, lanes(), all);
  for (int i = 0; i < count; ++i) to[i] = all[i];
}

template <int radius>
void median_rows(const std::int16_t* const* rows, int width, std::int16_t* top, std::int16_t* bottom) {
  const int step = static_cast<int>(hn::Lanes(lanes()));
  for (int first = 0; first < width; first += median_chunk) {
    const int count = width - first < median_chunk ? width - first : median_chunk;
    const row_pair<radius> pair(rows, first, count);
    for (int x = 0; x < count; x += step) {
      const auto middle = pair.middle(x);
      const value a = pair.median(middle, 0, x), b = pair.median(middle, 2 * radius + 1, x);
      if (x + step <= count) {
        hn::StoreU(a, lanes(), top + first + x);
        hn::StoreU(b, lanes(), bottom + first + x);
      } else {
        store_some(a, count - x, top + first + x);
        store_some(b, count - x, bottom + first + x);
      }
    }
  }
}

}  // namespace

median_rows_function median_of_radius(int radius) {
  return radius == 1 ? median_rows<1> : radius == 2 ? median_rows<2> : median_rows<3>;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/cpu/runtime/target.hpp"

namespace fluxel::kernels {

HWY_EXPORT(median_of_radius);

median_rows_function flow_median_rows(int radius) { return for_target(HWY_DISPATCH_TABLE(median_of_radius))(radius); }

}  // namespace fluxel::kernels
#endif
