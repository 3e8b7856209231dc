// SPDX-License-Identifier: Apache-2.0
#pragma once

// The sampling positions of one axis as kernels find them: in a table, or from the ratio of the sizes.

#include "kernels/common/resize/position.hpp"
#include "kernels/cuda/runtime/divisor.cuh"

namespace fluxel::kernels::gpu {

struct axis {
  const position* table = nullptr;  ///< device memory; null: computed from what follows
  std::int64_t first = 0;
  std::int64_t step = 0;
  std::uint64_t reciprocal = 0;
  std::uint32_t denominator = 1;
  int src_size = 0;
  int dst_size = 0;
  bool small = false;  ///< every numerator and the denominator are below 2^31
};

inline axis make_axis(const position* table, int src_size, int dst_size) {
  return {.table = table, .src_size = src_size, .dst_size = dst_size};
}
inline axis make_axis(coordinates rule, int src_size, int dst_size) {
  const ratio r = make_ratio(rule, src_size, dst_size);
  constexpr std::int64_t limit = std::int64_t{1} << 31;
  return {.first = r.first,
          .step = r.step,
          .reciprocal = ~std::uint64_t{0} / static_cast<std::uint64_t>(r.denominator),
          .denominator = static_cast<std::uint32_t>(r.denominator),
          .src_size = src_size,
          .dst_size = dst_size,
          .small = r.denominator < limit && r.first > -limit && r.first + r.step * (dst_size - 1) < limit};
}

/// floor(rest * 2^32 / d) for rest < d < 2^31, r = floor((2^64 - 1) / d). The estimate's low word is enough: the
/// fraction is below 2^32, and what it leaves is below 2 * d.
__device__ __forceinline__ std::uint32_t small_fraction(std::uint32_t rest, std::uint32_t d, std::uint64_t r) {
  const std::uint32_t estimate =
      rest * static_cast<std::uint32_t>(r >> 32) + __umulhi(rest, static_cast<std::uint32_t>(r));
  const std::uint32_t left = 0u - estimate * d;
  return left >= d ? estimate + 1 : estimate;
}

__device__ __forceinline__ position small_linear_position(const axis& a, int i) {
  const int n = static_cast<int>(a.first) + i * static_cast<int>(a.step);
  if (n < 0) return {0, 0};
  const auto numerator = static_cast<std::uint32_t>(n);
  std::uint32_t index = __umulhi(numerator, static_cast<std::uint32_t>(a.reciprocal >> 32));
  std::uint32_t rest = numerator - index * a.denominator;
  if (rest >= a.denominator) {
    rest -= a.denominator;
    ++index;
  }
  return clamp_position(static_cast<int>(index), small_fraction(rest, a.denominator, a.reciprocal), a.src_size);
}

/// What kernels/common/resize/position.hpp says, without a division.
__device__ __forceinline__ position linear_position(const axis& a, int i) {
  if (a.table) {
    const int2 entry = __ldg(reinterpret_cast<const int2*>(a.table + i));
    return {entry.x, static_cast<std::uint32_t>(entry.y)};
  }
  if (a.small) return small_linear_position(a, i);
  const std::int64_t n = a.first + i * a.step;
  if (n < 0) return {0, 0};
  std::uint64_t rest;
  const std::uint64_t index = split(static_cast<std::uint64_t>(n), a.denominator, a.reciprocal, rest);
  std::uint64_t unused;
  const std::uint64_t fraction = split(rest << 32, a.denominator, a.reciprocal, unused);
  return clamp_position(static_cast<std::int64_t>(index), static_cast<std::uint32_t>(fraction), a.src_size);
}

__device__ __forceinline__ std::int32_t nearest_index(const axis& a, nearest_rounding rounding, int i) {
  if (a.table) return __ldg(reinterpret_cast<const int2*>(a.table + i)).x;
  const std::int64_t n = a.first + i * a.step;
  std::uint64_t rest = static_cast<std::uint64_t>(n + a.denominator);  // where n < 0: n > -denominator, down is -1
  std::int64_t down = -1;
  if (n >= 0)
    down = static_cast<std::int64_t>(split(static_cast<std::uint64_t>(n), a.denominator, a.reciprocal, rest));
  return round_position(down, static_cast<std::int64_t>(rest), a.denominator, rounding, a.src_size);
}

}  // namespace fluxel::kernels::gpu
