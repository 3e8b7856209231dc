// SPDX-License-Identifier: Apache-2.0
// The definition of image comparison, one pixel and one window after the other.

#include "kernels/common/metrics/metrics.hpp"

#include "kernels/contract/pixel_type.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

template <class T>
void sum_squares(const comparison& c, const compared_channel& at, comparison_sums& sums) {
  using sum = square_sum<T>;
  sum row_errors[sum_lanes]{}, row_signals[sum_lanes]{};
  for (int y = 0; y < c.judged.height; ++y) {
    const T* a = channel_row<T>(c.judged, at, y);
    const T* b = channel_row<T>(c.reference, at, y);
    sum errors[sum_lanes]{}, signals[sum_lanes]{};
    for (int x = 0; x < c.judged.width; ++x) {
      const std::ptrdiff_t i = std::ptrdiff_t{x} * c.judged.channels;
      add_squares(a[i], b[i], c.low_zero_bits, errors[x % sum_lanes], signals[x % sum_lanes]);
    }
    row_errors[y % sum_lanes] += sum_of_lanes(errors);
    row_signals[y % sum_lanes] += sum_of_lanes(signals);
  }
  sums.squared_error = finished_sum(sum_of_lanes(row_errors));
  sums.squared_reference = finished_sum(sum_of_lanes(row_signals));
}

template <class T>
window_moments moments_of(const comparison& c, const compared_channel& at, int left, int top) {
  const similarity_rule& rule = c.similarity;
  window_moments m;
  for (int j = 0; j < rule.taps; ++j) {
    const T* a = channel_row<T>(c.judged, at, top + j);
    const T* b = channel_row<T>(c.reference, at, top + j);
    for (int i = 0; i < rule.taps; ++i) {
      const std::ptrdiff_t x = std::ptrdiff_t{left + i} * c.judged.channels;
      const std::uint64_t weight = static_cast<std::uint64_t>(rule.weight[i]) * rule.weight[j];
      const std::uint64_t p = window_sample(a[x], c.low_zero_bits, rule.to_words);
      const std::uint64_t q = window_sample(b[x], c.low_zero_bits, rule.to_words);
      m.judged += weight * p;
      m.reference += weight * q;
      m.squares += weight * (p * p + q * q);
      m.products += weight * (p * q);
    }
  }
  return m;
}

template <class T>
status compare_type(const comparison& c) {
  const similarity_rule& rule = c.similarity;
  const int across = window_count(c.judged.width, rule), down = window_count(c.judged.height, rule);
  for (std::int64_t entry = 0; entry < entry_count(c.judged); ++entry) {
    const auto at = channel_of(entry, c.judged);
    comparison_sums& sums = c.sums[entry];
    sums = {.pixels = std::int64_t{c.judged.width} * c.judged.height, .windows = std::int64_t{across} * down};
    sum_squares<T>(c, at, sums);
    for (int j = 0; j < down; ++j)
      for (int i = 0; i < across; ++i)
        sums.similarity += window_similarity(moments_of<T>(c, at, i * rule.stride, j * rule.stride), rule);
  }
  return status::ok;
}

std::size_t workspace(const comparison&) { return 0; }

status compare(const comparison& c, void*, const launch_options&) {
  return visit_pixel_type(every_pixel_type, c.type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return compare_type<T>(c); });
}

}  // namespace

const metrics_functions scalar_metrics_functions{workspace, compare};

}  // namespace fluxel::kernels
