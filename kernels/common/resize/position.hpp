// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where output samples lie on the source axis. Exact: no accumulated floats, no floats at all.

#include <bit>
#include <cstdint>
#include <numeric>

#include "kernels/common/runtime/hd.hpp"
#include "kernels/contract/resize.hpp"

namespace fluxel::kernels {

/// |first + i * step| stays below 2^63 for sides below 2^31.
inline ratio make_ratio(coordinates rule, int src_size, int dst_size) {
  const std::int64_t src = src_size;
  const std::int64_t dst = dst_size;
  switch (rule) {
    case coordinates::asymmetric:
      return {0, src, dst, src_size, dst_size};
    case coordinates::align_corners:
      return dst == 1 ? ratio{0, 0, 1, src_size, dst_size} : ratio{0, src - 1, dst - 1, src_size, dst_size};
    case coordinates::half_pixel:
      break;
  }
  return {src - dst, 2 * src, 2 * dst, src_size, dst_size};
}

/// The smallest d such that every position is a multiple of 1 / d.
inline std::int64_t common_denominator(const ratio& axis) {
  return axis.denominator / std::gcd(axis.denominator, std::gcd(axis.first, axis.step));
}

inline constexpr std::int64_t most_halves_denominator = 2048;

/// Exact results are multiples of 1 / (dx dy), and about one in dx dy is a tie. Biased where ties are frequent and the
/// weights, which are binary fractions, are not exact.
inline last_rounding rounding_of(std::int64_t dx, std::int64_t dy) {
  if (dx > most_halves_denominator || dy > most_halves_denominator) return last_rounding::half_up;
  const auto d = static_cast<std::uint64_t>(dx * dy);
  const bool halves = d % 2 == 0 && d <= most_halves_denominator && !std::has_single_bit(d);
  return halves ? last_rounding::half_up_biased : last_rounding::half_up;
}
inline last_rounding rounding_of(coordinates rule, const image_pair& pair) {
  return rounding_of(common_denominator(make_ratio(rule, pair.src.width, pair.dst.width)),
                     common_denominator(make_ratio(rule, pair.src.height, pair.dst.height)));
}

FLUXEL_HD position clamp_position(std::int64_t index, std::uint32_t fraction, int src_size) {
  if (index < 0) return {0, 0};
  if (index >= src_size - 1) return {src_size - 1, 0};
  return {static_cast<std::int32_t>(index), fraction};
}

/// The position of output i for linear interpolation.
FLUXEL_HD position linear_position(const ratio& axis, int i) {
  const std::int64_t n = axis.first + i * axis.step;
  if (n < 0) return {0, 0};
  const std::int64_t index = n / axis.denominator;
  const std::uint64_t rest = static_cast<std::uint64_t>(n - index * axis.denominator);
  const auto fraction = static_cast<std::uint32_t>((rest << 32) / static_cast<std::uint64_t>(axis.denominator));
  return clamp_position(index, fraction, axis.src_size);
}

/// Where output i of an upsampling lies: between `index` (in [-1, src_size)) and its successor. In [0, src_size - 1)
/// it is `linear_position` with half-pixel centres, bit for bit.
FLUXEL_HD position upsample_position(int i, int factor) {
  const std::int64_t n = 2 * std::int64_t{i} + 1 - factor;
  const std::int64_t d = 2 * std::int64_t{factor};
  const std::int64_t index = n < 0 ? -1 : n / d;  // n >= 1 - factor > -d
  const auto rest = static_cast<std::uint64_t>(n - index * d);
  return {static_cast<std::int32_t>(index), static_cast<std::uint32_t>((rest << 32) / static_cast<std::uint64_t>(d))};
}

inline last_rounding rounding_of_upsampling(int factor) {
  const std::int64_t d = common_denominator(make_ratio(coordinates::half_pixel, 1, factor));
  return rounding_of(d, d);
}

/// The index nearest to down + rest / denominator, clamped to the image; rest is in [0, denominator).
FLUXEL_HD std::int32_t round_position(std::int64_t down, std::int64_t rest, std::int64_t denominator,
                                      nearest_rounding rounding, int src_size) {
  bool up = false;
  switch (rounding) {
    case nearest_rounding::half_up:
      up = rest >= denominator - rest;
      break;
    case nearest_rounding::half_down:
      up = rest > denominator - rest;
      break;
    case nearest_rounding::floor:
      break;
    case nearest_rounding::ceil:
      up = rest > 0;
      break;
  }
  const std::int64_t index = down + up;
  const std::int64_t last = src_size - 1;
  return static_cast<std::int32_t>(index < 0 ? 0 : index > last ? last : index);
}

/// The source index of output i for nearest-neighbour sampling.
FLUXEL_HD std::int32_t nearest_index(const ratio& axis, nearest_rounding rounding, int i) {
  const std::int64_t n = axis.first + i * axis.step;
  const std::int64_t d = axis.denominator;
  const std::int64_t down = n / d - (n % d < 0);
  return round_position(down, n - down * d, d, rounding, axis.src_size);
}

}  // namespace fluxel::kernels
