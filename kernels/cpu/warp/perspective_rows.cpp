// SPDX-License-Identifier: Apache-2.0
// Rows of warps by a matrix, compiled for every instruction set: positions of a chunk in lanes of double; then bytes
// of one channel in lanes where their pixels lie near each other, everything else pixel by pixel.

#include "kernels/cpu/warp/perspective_rows.hpp"

#include <algorithm>
#include <utility>

#include "kernels/common/warp/perspective.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/warp/perspective_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/cpu/warp/byte_samples-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

namespace hn = hwy::HWY_NAMESPACE;

using double_tag = hn::ScalableTag<double>;
using half_tag = hn::Rebind<std::int32_t, double_tag>;
using doubles = hn::Vec<double_tag>;

constexpr int chunk = 256;
constexpr int room = 64;  ///< behind a chunk: vectors may end there

/// Positions of a chunk of a row, as `position_of` has them.
struct positions {
  alignas(64) std::int32_t x[chunk + room], y[chunk + room];

  void find(const perspective_matrix& m, int first, int row, int count) {
    const double_tag d;
    const half_tag half;
    const perspective_row common = row_of_matrix(m, row);
    const int step = static_cast<int>(hn::Lanes(d));
    const auto lowest = hn::Set(d, -farthest_position);
    for (int i = 0; i < count; i += step) {
      const auto at = hn::Iota(d, static_cast<double>(first + i));
      auto u = hn::Add(hn::Mul(hn::Set(d, m.a), at), hn::Set(d, common.x));
      auto v = hn::Add(hn::Mul(hn::Set(d, m.d), at), hn::Set(d, common.y));
      if (m.divides) {
        const auto w = hn::Add(hn::Mul(hn::Set(d, m.g), at), hn::Set(d, common.w));
        const auto before = hn::Gt(w, hn::Zero(d));
        const auto inverse = hn::Div(hn::Set(d, 1.0), w);
        u = hn::IfThenElse(before, hn::Mul(u, inverse), lowest);
        v = hn::IfThenElse(before, hn::Mul(v, inverse), lowest);
      }
      hn::Store(rounded(u), half, x + i);
      hn::Store(rounded(v), half, y + i);
    }
    std::fill(x + count, x + count + room, 0);
    std::fill(y + count, y + count + room, 0);
  }

 private:
  static HWY_INLINE hn::Vec<half_tag> rounded(doubles units) {
    const double_tag d;
    const auto lowest = hn::Set(d, -farthest_position), highest = hn::Set(d, farthest_position);
    const auto low = hn::IfThenElse(hn::Gt(units, lowest), units, lowest);
    const auto clamped = hn::IfThenElse(hn::Lt(low, highest), low, highest);
    const auto sum = hn::Add(clamped, hn::Set(d, to_integer));
    return hn::DemoteTo(half_tag(), hn::Sub(sum, hn::Set(d, to_integer)));
  }
};

template <class T>
struct plane_sampler {
  const perspective_job& job;
  const T* base;

  HWY_INLINE void pixel(const positions& at, int i, T* to) const {
    const std::ptrdiff_t pitch = job.src.pitch;
    const T* first = base;
    const auto row = [=](int line) HWY_ATTR {
      return reinterpret_cast<const T*>(reinterpret_cast<const std::byte*>(first) + line * pitch);
    };
    sample_at<T>(job, row, {at.x[i], at.y[i]}, to + std::ptrdiff_t{i} * job.dst.channels);
  }
  HWY_NOINLINE void pixels(const positions& at, int begin, int end, T* to) const {
    for (int i = begin; i < end; ++i) pixel(at, i, to);
  }
};

#if HWY_TARGET != HWY_SCALAR
/// Where the pixels of some lanes lie: between those of the first and the last lane, as positions along a row only
/// ascend or descend. Where the matrix divides, what rounding does has to be looked at.
struct lane_box {
  int left, right, top, bottom;

  HWY_INLINE lane_box(const positions& at, int i, int lanes)
      : left(at.x[i] >> warp_bits),
        right(at.x[i + lanes - 1] >> warp_bits),
        top(at.y[i] >> warp_bits),
        bottom(at.y[i + lanes - 1] >> warp_bits) {
    if (left > right) std::swap(left, right);
    if (top > bottom) std::swap(top, bottom);
  }
  /// Both filters read nothing but pixels, and nothing but 16 bytes of each row, of few.
  HWY_INLINE bool is_small_inside(const image& src) const {
    return left >= 1 && right + 2 < src.width && top >= 1 && bottom + 2 < src.height && right - left <= 12 &&
           bottom - top <= 12 && src.width >= 16;
  }
  HWY_INLINE bool holds(sample_lanes x, sample_lanes y) const {
    const sample_tag d;
    const auto below_zero_outside = hn::Or(hn::Or(hn::Sub(x, hn::Set(d, left)), hn::Sub(hn::Set(d, right), x)),
                                           hn::Or(hn::Sub(y, hn::Set(d, top)), hn::Sub(hn::Set(d, bottom), y)));
    return hn::AllFalse(d, hn::Lt(below_zero_outside, hn::Zero(d)));
  }
};

/// The lanes from i on. @returns whether they lie near each other
HWY_INLINE bool bytes_near(const plane_sampler<u8>& from, const positions& at, int i, u8* to) {
  const sample_tag d;
  const hn::Rebind<std::uint8_t, sample_tag> d8;
  const image& src = from.job.src;
  const lane_box box(at, i, static_cast<int>(hn::Lanes(d)));
  if (!box.is_small_inside(src)) return false;
  const auto px = hn::LoadU(d, at.x + i), py = hn::LoadU(d, at.y + i);
  const auto x = hn::ShiftRight<warp_bits>(px), y = hn::ShiftRight<warp_bits>(py);
  if (from.job.matrix.divides && !box.holds(x, y)) return false;
  const int first = std::min(box.left - 1, src.width - 16);
  const near_bytes near{from.base + box.top * src.pitch + first, src.pitch, hn::Sub(x, hn::Set(d, first)),
                        hn::Sub(y, hn::Set(d, box.top)), box.bottom - box.top};
  const auto mask = hn::Set(d, warp_one - 1);
  const auto fx = hn::And(px, mask), fy = hn::And(py, mask);
  const auto value = from.job.bicubic ? cubic_bytes(near, fx, fy) : linear_bytes(near, fx, fy);
  hn::StoreU(hn::DemoteTo(d8, value), d8, to + i);
  return true;
}

/// Bytes of one channel.
void bytes(const plane_sampler<u8>& from, const positions& at, int count, u8* to) {
  const int lanes = static_cast<int>(hn::Lanes(sample_tag()));
  for (int i = 0; i < count; i += lanes) {
    if (i + lanes > count && count >= lanes) i = count - lanes;  // some once more
    const int end = std::min(i + lanes, count);
    if (end - i == lanes && bytes_near(from, at, i, to)) continue;
    from.pixels(at, i, end, to);
  }
}
#endif

template <class T>
void warp_row(const perspective_job& job, int n, int p, int y) {
  positions at;
  const plane_sampler<T> from{job, row_at<const T>(job.src, n, p, 0)};
  T* to = row_at<T>(job.dst, n, p, y);
  for (int first = 0; first < job.dst.width; first += chunk) {
    const int count = std::min(chunk, job.dst.width - first);
    at.find(job.matrix, first, y, count);
#if HWY_TARGET != HWY_SCALAR
    if constexpr (std::is_same_v<T, u8>) {
      if (job.src.channels == 1) {
        bytes(from, at, count, to + first);
        continue;
      }
    }
#endif
    from.pixels(at, 0, count, to + std::ptrdiff_t{first} * job.dst.channels);
  }
}

void rows(const perspective_job& job, element_type type, int n, int p, int first, int last) {
  visit_pixel_type(every_pixel_type, type, 0, [&]<class T>(std::type_identity<T>) HWY_ATTR {
    for (int y = first; y < last; ++y) warp_row<T>(job, n, p, y);
    return 0;
  });
}

}  // namespace

const perspective_row_functions* perspective_row_table() {
  static constexpr perspective_row_functions table{rows};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(perspective_row_functions, perspective_rows, perspective_row_table)
#endif
