// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/metrics/rows.hpp"

#include <bit>
#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/metrics/rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/contract/pixel_type.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

// Plain loops that compilers turn into lanes.

template <class T>
void squares(const comparison& c, const compared_channel& at, int y, std::uint64_t& error, std::uint64_t& signal) {
  const T* a = channel_row<T>(c.judged, at, y);
  const T* b = channel_row<T>(c.reference, at, y);
  const std::ptrdiff_t step = c.judged.channels;
  const int width = c.judged.width;
  if constexpr (std::is_integral_v<T>) {
    std::uint64_t e = 0, s = 0;
    if (step == 1)
      for (int x = 0; x < width; ++x) add_squares(a[x], b[x], c.low_zero_bits, e, s);
    else
      for (int x = 0; x < width; ++x) add_squares(a[x * step], b[x * step], c.low_zero_bits, e, s);
    error = e;
    signal = s;
  } else {
    double errors[sum_lanes] = {}, signals[sum_lanes] = {};
    for (int first = 0; first < width; first += sum_lanes) {
      const int count = width - first < sum_lanes ? width - first : sum_lanes;
      for (int l = 0; l < count; ++l)
        add_squares(a[(first + l) * step], b[(first + l) * step], 0, errors[l], signals[l]);
    }
    error = std::bit_cast<std::uint64_t>(sum_of_lanes(errors));
    signal = std::bit_cast<std::uint64_t>(sum_of_lanes(signals));
  }
}

constexpr int chunk = 128;  ///< windows of a row whose moments stay in the nearest cache
constexpr int most_stride = 4;
constexpr int most_samples = (chunk - 1) * most_stride + most_window_taps;

/// Moments of a row of pixels under a chunk of windows. Second ones of bytes fit 32 bits: 2 * 255^2 < 2^17.
template <class T>
struct moment_row {
  using second = std::conditional_t<sizeof(T) == 1, std::uint32_t, std::uint64_t>;
  alignas(64) std::uint32_t judged[chunk];
  alignas(64) std::uint32_t reference[chunk];
  alignas(64) second squares[chunk];
  alignas(64) second products[chunk];
};

template <class T>
void sum_across(const comparison& c, const compared_channel& at, int left, int y, int windows, moment_row<T>& out) {
  using second = typename moment_row<T>::second;
  const similarity_rule& rule = c.similarity;
  const std::ptrdiff_t step = c.judged.channels;
  const T* a = channel_row<T>(c.judged, at, y) + left * step;
  const T* b = channel_row<T>(c.reference, at, y) + left * step;
  alignas(64) std::uint32_t p[most_samples], q[most_samples];
  alignas(64) second squares[most_samples], products[most_samples];
  const int samples = (windows - 1) * rule.stride + rule.taps;
  for (int x = 0; x < samples; ++x) {
    p[x] = window_sample(a[x * step], c.low_zero_bits, rule.to_words);
    q[x] = window_sample(b[x * step], c.low_zero_bits, rule.to_words);
  }
  for (int x = 0; x < samples; ++x) {
    squares[x] = second{p[x]} * p[x] + second{q[x]} * q[x];
    products[x] = second{p[x]} * q[x];
  }
  out = {};
  for (int k = 0; k < rule.taps; ++k) {
    const auto weight = static_cast<std::uint32_t>(rule.weight[k]);
    if (rule.stride == 1) {
      for (int i = 0; i < windows; ++i) {
        out.judged[i] += weight * p[i + k];
        out.reference[i] += weight * q[i + k];
        out.squares[i] += weight * squares[i + k];
        out.products[i] += weight * products[i + k];
      }
    } else {
      for (int i = 0; i < windows; ++i) {
        const int x = i * rule.stride + k;
        out.judged[i] += weight * p[x];
        out.reference[i] += weight * q[x];
        out.squares[i] += weight * squares[x];
        out.products[i] += weight * products[x];
      }
    }
  }
}

/// Similarity of a row of windows, from the moments of the rows under it.
template <class T>
std::int64_t sum_down(const moment_row<T>* const* rows, const similarity_rule& rule, int windows) {
  alignas(64) std::uint64_t judged[chunk] = {}, reference[chunk] = {}, squares[chunk] = {}, products[chunk] = {};
  for (int k = 0; k < rule.taps; ++k) {
    const auto weight = static_cast<std::uint32_t>(rule.weight[k]);
    const moment_row<T>& row = *rows[k];
    for (int i = 0; i < windows; ++i) {
      judged[i] += std::uint64_t{weight} * row.judged[i];
      reference[i] += std::uint64_t{weight} * row.reference[i];
      squares[i] += std::uint64_t{weight} * row.squares[i];
      products[i] += std::uint64_t{weight} * row.products[i];
    }
  }
  std::int64_t sum = 0;
  for (int i = 0; i < windows; ++i)
    sum += window_similarity({judged[i], reference[i], squares[i], products[i]}, rule);
  return sum;
}

template <class T>
void windows(const comparison& c, const compared_channel& at, int first, int last, std::int64_t* similar) {
  const similarity_rule& rule = c.similarity;
  const int across = window_count(c.judged.width, rule);
  moment_row<T> ring[most_window_taps];
  for (int row = first; row < last; ++row) similar[row] = 0;
  for (int left = 0; left < across; left += chunk) {
    const int count = across - left < chunk ? across - left : chunk;
    int next = first * rule.stride;
    for (int row = first; row < last; ++row) {
      const int top = row * rule.stride;
      for (; next < top + rule.taps; ++next)
        sum_across<T>(c, at, left * rule.stride, next, count, ring[next % most_window_taps]);
      const moment_row<T>* rows[most_window_taps];
      for (int k = 0; k < rule.taps; ++k) rows[k] = &ring[(top + k) % most_window_taps];
      similar[row] += sum_down<T>(rows, rule, count);
    }
  }
}

template <class T>
constexpr comparison_row_functions functions{squares<T>, windows<T>};

}  // namespace

const comparison_row_functions* comparison_rows_of(element_type type) {
  return visit_pixel_type(every_pixel_type, type, &functions<f32>,
                          []<class T>(std::type_identity<T>) { return &functions<T>; });
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/cpu/runtime/target.hpp"

namespace fluxel::kernels {

HWY_EXPORT(comparison_rows_of);

const comparison_row_functions& comparison_rows(element_type type) {
  return *for_target(HWY_DISPATCH_TABLE(comparison_rows_of))(type);
}

}  // namespace fluxel::kernels
#endif
