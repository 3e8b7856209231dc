// The median of a window from columns that are sorted once and merged: sorted columns, pairs of columns and fours
// of columns are shared by all windows that contain them; the median itself is a k-th element of two sorted lists.

#include <cstddef>

#include "kernels/cpu/flow_rows.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow_median.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

namespace hn = hwy::HWY_NAMESPACE;
using lanes = hn::ScalableTag<std::int16_t>;
using value = hn::Vec<lanes>;
HWY_INLINE value smaller(value a, value b) { return hn::Min(a, b); }
HWY_INLINE value larger(value a, value b) { return hn::Max(a, b); }
#define FLUXEL_LIST_INLINE HWY_INLINE
#include "kernels/common/sorted_lists.inc"
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

template <int radius>
void median_row(const std::int16_t* const* rows, int width, std::int16_t* scratch, std::int16_t* out) {
  constexpr int n = 2 * radius + 1;
  const std::ptrdiff_t stride = width + 2 * radius + median_lanes;
  const int step = static_cast<int>(hn::Lanes(lanes()));
  std::int16_t* columns = scratch;             // n sorted rows: column x starts at x - radius
  std::int16_t* pairs = scratch + n * stride;  // 2n: columns x and x + 1
  std::int16_t* fours = pairs + 2 * n * stride;
  for (int x = 0; x < width + 2 * radius; x += step) {
    list<n> column;
    for (int i = 0; i < n; ++i) column.at[i] = hn::LoadU(lanes(), rows[i] + x - radius);
    store<n>(sort(column), columns + x, stride);
  }
  for (int x = 0; x < width + 2 * radius - 1; x += step)
    store<2 * n>(merge(load<n>(columns + x, stride), load<n>(columns + x + 1, stride)), pairs + x, stride);
  if constexpr (radius > 1)
    for (int x = 0; x < width + 2 * radius - 3; x += step)
      store<4 * n>(merge(load<2 * n>(pairs + x, stride), load<2 * n>(pairs + x + 2, stride)),
                   fours + x, stride);
  for (int x = 0; x < width; x += step) {
    const value m = median_of_columns<radius>([=](int i) HWY_ATTR { return load<n>(columns + x + i, stride); },
                                              [=](int i) HWY_ATTR { return load<2 * n>(pairs + x + i, stride); },
                                              [=](int i) HWY_ATTR { return load<4 * n>(fours + x + i, stride); });
    if (x + step <= width) {
      hn::StoreU(m, lanes(), out + x);
    } else {
      std::int16_t tail[HWY_MAX_BYTES / 2];
      hn::StoreU(m, lanes(), tail);
      for (int i = 0; x + i < width; ++i) out[x + i] = tail[i];
    }
  }
}

}  // namespace

median_row_function median_of_radius(int radius) {
  return radius == 1 ? median_row<1> : radius == 2 ? median_row<2> : median_row<3>;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/cpu/target.hpp"

namespace fluxel::kernels {

HWY_EXPORT(median_of_radius);

median_row_function flow_median_row(int radius) { return for_target(HWY_DISPATCH_TABLE(median_of_radius))(radius); }

std::int64_t median_scratch(int width, int radius) {
  return std::int64_t{7} * (2 * radius + 1) * (width + 2 * radius + median_lanes);
}

}  // namespace fluxel::kernels
#endif
