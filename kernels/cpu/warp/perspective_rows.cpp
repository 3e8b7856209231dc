// SPDX-License-Identifier: Apache-2.0
// Rows of warps by a matrix, compiled for every instruction set: positions of a chunk in lanes of double; then bytes
// of one channel in lanes where their pixels lie near each other, everything else pixel by pixel.

#include "kernels/cpu/warp/perspective_rows.hpp"

#include <algorithm>

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
  void pixels(const positions& at, int count, T* to) const {
    for (int i = 0; i < count; ++i) pixel(at, i, to);
  }
};

#if HWY_TARGET != HWY_SCALAR
/// Positions along a row only ever ascend or descend: the first and the last of some lanes tell where all are.
/// @returns whether those from i on are on one row of pixels and within 16 bytes of it.
HWY_INLINE bool are_near(const image& src, const positions& at, int i, int lanes) {
  const auto pixel = [](std::int32_t units) { return units >> warp_bits; };
  const int left = pixel(at.x[i]), right = pixel(at.x[i + lanes - 1]), y = pixel(at.y[i]);
  if (right < left || right - left > 12 || y != pixel(at.y[i + lanes - 1])) return false;
  return left >= 1 && left - 1 + 16 <= src.width && y >= 1 && y + 2 < src.height;
}

/// Bytes of one channel.
void bytes(const plane_sampler<u8>& from, const positions& at, int count, u8* to) {
  const sample_tag d;
  const hn::Rebind<std::uint8_t, sample_tag> d8;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto mask = hn::Set(d, warp_one - 1);
  int i = 0;
  for (; i + lanes <= count; i += lanes) {
    if (!are_near(from.job.src, at, i, lanes)) {
      for (int k = i; k < i + lanes; ++k) from.pixel(at, k, to);
      continue;
    }
    const auto px = hn::Load(d, at.x + i), fx = hn::And(px, mask), fy = hn::And(hn::Load(d, at.y + i), mask);
    const int left = (at.x[i] >> warp_bits) - 1;
    const std::ptrdiff_t pitch = from.job.src.pitch;
    const near_bytes near{from.base + (at.y[i] >> warp_bits) * pitch + left, pitch,
                          hn::Sub(hn::ShiftRight<warp_bits>(px), hn::Set(d, left))};
    const auto value = from.job.bicubic ? cubic_bytes(near, fx, fy) : linear_bytes(near, fx, fy);
    hn::StoreU(hn::DemoteTo(d8, value), d8, to + i);
  }
  for (; i < count; ++i) from.pixel(at, i, to);
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
    from.pixels(at, count, to + std::ptrdiff_t{first} * job.dst.channels);
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
