// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sums of squared differences, and structural similarity (Wang et al. 2004). Revision 1 of the bytes of
// `image_comparison`.
//
// Squares of integer pixels are summed in integers, so in any order. Those of floats are summed in double by a
// written tree: lane l of sum_lanes adds the pixels x = l, l + sum_lanes, ... of a row to 0, ascending; then the
// upper half of the lanes is added to the lower one until one is left; the rows' sums are added by the same tree.
//
// The moments of a window are integer sums of integer weights. Its similarity is one double expression of them,
// rounded to units of 2^-30, so that their sum is one of integers too.

#include <cstdint>
#include <type_traits>

#include "kernels/common/runtime/convert.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/contract/metrics.hpp"

namespace fluxel::kernels {

inline constexpr int sum_lanes = 256;

/// What squares of pixels are summed in.
template <class T>
using square_sum = std::conditional_t<std::is_integral_v<T>, std::uint64_t, double>;

/// One pixel's part of the sums of squares.
template <class T>
FLUXEL_HD void add_squares(T judged, T reference, int low_zero_bits, square_sum<T>& error, square_sum<T>& signal) {
  if constexpr (std::is_integral_v<T>) {
    const std::int64_t b = reference >> low_zero_bits;
    const std::int64_t e = (judged >> low_zero_bits) - b;
    error += static_cast<std::uint64_t>(e * e);
    signal += static_cast<std::uint64_t>(b * b);
  } else {
    const double b = to_float(reference);
    const double e = to_float(judged) - b;
    const double squared_error = e * e, squared_signal = b * b;
    error = error + squared_error;
    signal = signal + squared_signal;
  }
}

/// The tree over the lanes of a row, or of the rows; it leaves partial sums in `lanes`.
template <class Sum>
inline Sum sum_of_lanes(Sum (&lanes)[sum_lanes]) {
  for (int half = sum_lanes / 2; half >= 1; half /= 2)
    for (int l = 0; l < half; ++l) lanes[l] = lanes[l] + lanes[l + half];
  return lanes[0];
}

/// NaN has one payload in results.
FLUXEL_HD double finished_sum(std::uint64_t sum) { return static_cast<double>(sum); }
FLUXEL_HD double finished_sum(double sum) {
#if defined(__CUDA_ARCH__)
  return sum == sum ? sum : __longlong_as_double(0x7ff8000000000000);
#else
  return sum == sum ? sum : std::bit_cast<double>(std::uint64_t{0x7ff8000000000000});
#endif
}

/// A pixel as windows see it: at most 16 bits.
template <class T>
FLUXEL_HD std::uint32_t window_sample(T v, int low_zero_bits, float to_words) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<std::uint32_t>(v >> low_zero_bits);
  } else {
    const float words = to_float(v) * to_words;
    const float positive = words > 0 ? words : 0;  // NaN is 0
    return static_cast<std::uint32_t>((positive < 65535 ? positive : 65535) + 0.5f);
  }
}

/// Weighted sums over a window; total weight 1 << 2 * weight_bits.
struct window_moments {
  std::uint64_t judged = 0;
  std::uint64_t reference = 0;
  std::uint64_t squares = 0;  ///< of both
  std::uint64_t products = 0;
};

inline constexpr double similarity_one = 1 << 30;

/// In units of 2^-30, rounded half up.
FLUXEL_HD std::int64_t window_similarity(const window_moments& m, const similarity_rule& rule) {
  const double unit = 1.0 / static_cast<double>(std::int64_t{1} << 2 * rule.weight_bits);
  auto mean = [unit](std::uint64_t sum) { return static_cast<double>(static_cast<std::int64_t>(sum)) * unit; };
  const double a = mean(m.judged), b = mean(m.reference);
  const double ab = a * b, aa = a * a, bb = b * b;
  const double aabb = aa + bb;
  const double covariance = mean(m.products) - ab;
  const double variance = mean(m.squares) - aabb;
  const double above = (ab + ab + rule.c1) * (covariance + covariance + rule.c2);
  const double below = (aabb + rule.c1) * (variance + rule.c2);
  constexpr double positive = 2 * similarity_one;  // similarity is at least -1: truncation rounds down
  const double scaled = above / below * similarity_one;
  return static_cast<std::int64_t>(scaled + (positive + 0.5)) - static_cast<std::int64_t>(positive);
}

/// How many windows lie along an axis.
FLUXEL_HD int window_count(int pixels, const similarity_rule& rule) {
  return rule.taps == 0 || pixels < rule.taps ? 0 : (pixels - rule.taps) / rule.stride + 1;
}

/// What one entry of `comparison::sums` is about.
struct compared_channel {
  int n, plane, channel;
};
FLUXEL_HD compared_channel channel_of(std::int64_t entry, const image& im) {
  const std::int64_t plane = entry / im.channels;
  return {static_cast<int>(plane / im.planes), static_cast<int>(plane % im.planes),
          static_cast<int>(entry % im.channels)};
}
FLUXEL_HD std::int64_t entry_count(const image& im) { return std::int64_t{im.channels} * im.planes * im.count; }

/// The first pixel's channel in row y of an entry.
template <class T>
FLUXEL_HD const T* channel_row(const image& im, const compared_channel& at, int y) {
  const auto* first = static_cast<const unsigned char*>(im.data) + at.n * im.stride + at.plane * im.plane_stride;
  return reinterpret_cast<const T*>(first + y * im.pitch) + at.channel;
}

}  // namespace fluxel::kernels
