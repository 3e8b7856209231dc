// The median of a window from columns that are sorted once and merged: sorted columns, pairs of columns and fours
// of columns are shared by all windows that contain them; the median itself is a k-th element of two sorted lists.

#include <array>
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
using vec = hn::Vec<lanes>;

template <int n>
using list = std::array<vec, n>;

HWY_INLINE void order(vec& a, vec& b) {
  const vec low = hn::Min(a, b);
  b = hn::Max(a, b);
  a = low;
}

/// Batcher's odd-even merge of two sorted lists (Knuth, The Art of Computer Programming 3, 5.3.4).
template <int n, int m>
HWY_INLINE list<n + m> merge(const list<n>& a, const list<m>& b) {
  if constexpr (n == 0) {
    return b;
  } else if constexpr (m == 0) {
    return a;
  } else if constexpr (n == 1 && m == 1) {
    return {hn::Min(a[0], b[0]), hn::Max(a[0], b[0])};
  } else {
    list<(n + 1) / 2> even_a;
    list<n / 2> odd_a;
    list<(m + 1) / 2> even_b;
    list<m / 2> odd_b;
    for (int i = 0; i < n; ++i) (i % 2 == 0 ? even_a[i / 2] : odd_a[i / 2]) = a[i];
    for (int i = 0; i < m; ++i) (i % 2 == 0 ? even_b[i / 2] : odd_b[i / 2]) = b[i];
    const auto even = merge<(n + 1) / 2, (m + 1) / 2>(even_a, even_b);
    const auto odd = merge<n / 2, m / 2>(odd_a, odd_b);
    constexpr int evens = (n + 1) / 2 + (m + 1) / 2, odds = n / 2 + m / 2;
    list<n + m> out;
    out[0] = even[0];
    int k = 1;
    for (int i = 0; i < odds || i + 1 < evens; ++i) {
      if (i < odds && i + 1 < evens) {
        out[k++] = hn::Min(odd[i], even[i + 1]);
        out[k++] = hn::Max(odd[i], even[i + 1]);
      } else {
        out[k++] = i < odds ? odd[i] : even[i + 1];
      }
    }
    return out;
  }
}

template <int n>
HWY_INLINE list<n> sort(const list<n>& a) {
  if constexpr (n == 1) {
    return a;
  } else {
    list<n / 2> left;
    list<n - n / 2> right;
    for (int i = 0; i < n / 2; ++i) left[i] = a[i];
    for (int i = n / 2; i < n; ++i) right[i - n / 2] = a[i];
    return merge<n / 2, n - n / 2>(sort<n / 2>(left), sort<n - n / 2>(right));
  }
}

/// The k-th smallest (from 1) of two sorted lists: the least, over all splits k = i + j, of the larger of a's i-th
/// and b's j-th.
template <int k, int n, int m>
HWY_INLINE vec kth(const list<n>& a, const list<m>& b) {
  constexpr int least = k > m ? k - m : 0, most = k < n ? k : n;
  auto candidate = [&](int i) HWY_ATTR {
    const int j = k - i;
    return i == 0 ? b[j - 1] : j == 0 ? a[i - 1] : hn::Max(a[i - 1], b[j - 1]);
  };
  vec best = candidate(least);
  for (int i = least + 1; i <= most; ++i) best = hn::Min(best, candidate(i));
  return best;
}

template <int n>
HWY_INLINE list<n> load(const std::int16_t* p, std::ptrdiff_t stride) {
  list<n> out;
  for (int i = 0; i < n; ++i) out[i] = hn::LoadU(lanes(), p + i * stride);
  return out;
}
template <int n>
HWY_INLINE void store(const list<n>& a, std::int16_t* p, std::ptrdiff_t stride) {
  for (int i = 0; i < n; ++i) hn::StoreU(a[i], lanes(), p + i * stride);
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
    for (int i = 0; i < n; ++i) column[i] = hn::LoadU(lanes(), rows[i] + x - radius);
    store<n>(sort<n>(column), columns + x, stride);
  }
  for (int x = 0; x < width + 2 * radius - 1; x += step)
    store<2 * n>(merge<n, n>(load<n>(columns + x, stride), load<n>(columns + x + 1, stride)), pairs + x, stride);
  if constexpr (radius > 1)
    for (int x = 0; x < width + 2 * radius - 3; x += step)
      store<4 * n>(merge<2 * n, 2 * n>(load<2 * n>(pairs + x, stride), load<2 * n>(pairs + x + 2, stride)),
                   fours + x, stride);
  for (int x = 0; x < width; x += step) {
    constexpr int middle = n * n / 2 + 1;
    vec m;
    if constexpr (radius == 1) {
      m = kth<middle, 2 * n, n>(load<2 * n>(pairs + x, stride), load<n>(columns + x + 2, stride));
    } else if constexpr (radius == 2) {
      m = kth<middle, 4 * n, n>(load<4 * n>(fours + x, stride), load<n>(columns + x + 4, stride));
    } else {
      const auto rest = merge<2 * n, n>(load<2 * n>(pairs + x + 4, stride), load<n>(columns + x + 6, stride));
      m = kth<middle, 4 * n, 3 * n>(load<4 * n>(fours + x, stride), rest);
    }
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
