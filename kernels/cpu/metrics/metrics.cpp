// SPDX-License-Identifier: Apache-2.0
// Image comparison on the CPU: bands of rows, and of rows of windows, whose sums are added at the end.

#include "kernels/common/metrics/metrics.hpp"

#include <algorithm>
#include <bit>

#include "kernels/cpu/metrics/rows.hpp"
#include "kernels/cpu/runtime/parallel.hpp"
#include "kernels/cpu/runtime/table.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/cpu/runtime/translate_bad_alloc.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

constexpr std::int64_t pixels_per_band = 1 << 16, windows_per_band = 1 << 12;

/// The sums of each row, and of each row of windows.
struct row_sums {
  std::uint64_t* error;
  std::uint64_t* signal;
  std::int64_t* similar;
};

int rows_of_windows(const comparison& c) {
  return window_count(c.judged.width, c.similarity) == 0 ? 0 : window_count(c.judged.height, c.similarity);
}

std::size_t workspace(const comparison& c) {
  return 8 * static_cast<std::size_t>(entry_count(c.judged)) *
         (2 * static_cast<std::size_t>(c.judged.height) + static_cast<std::size_t>(rows_of_windows(c)));
}

void sum_rows(const comparison& c, const row_sums& sums, int threads) {
  const auto& rows = comparison_rows(c.type);
  const int height = c.judged.height, down = rows_of_windows(c);
  const std::int64_t entries = entry_count(c.judged);
  parallel_rows(entries * height, pixels_per_band / c.judged.width + 1, threads,
                [&](std::int64_t first, std::int64_t last) {
                  for (std::int64_t i = first; i < last; ++i)
                    rows.squares(c, channel_of(i / height, c.judged), static_cast<int>(i % height), sums.error[i],
                                 sums.signal[i]);
                });
  if (down == 0) return;
  parallel_rows(entries * down, windows_per_band / c.judged.width + 1, threads,
                [&](std::int64_t first, std::int64_t last) {
                  for (std::int64_t i = first; i < last;) {
                    const std::int64_t entry = i / down, end = std::min(last, (entry + 1) * down);
                    rows.windows(c, channel_of(entry, c.judged), static_cast<int>(i - entry * down),
                                 static_cast<int>(end - entry * down), sums.similar + entry * down);
                    i = end;
                  }
                });
}

double total(const std::uint64_t* rows, int height, bool integers) {
  if (integers) {
    std::uint64_t sum = 0;
    for (int y = 0; y < height; ++y) sum += rows[y];
    return finished_sum(sum);
  }
  double lanes[sum_lanes] = {};
  for (int y = 0; y < height; ++y) {
    double& lane = lanes[y % sum_lanes];
    lane = lane + std::bit_cast<double>(rows[y]);
  }
  return finished_sum(sum_of_lanes(lanes));
}

status compare_in_lanes(const comparison& c, void* workspace, const launch_options& launch) {
  const int height = c.judged.height, down = rows_of_windows(c);
  const std::int64_t entries = entry_count(c.judged), across = window_count(c.judged.width, c.similarity);
  row_sums sums{.error = static_cast<std::uint64_t*>(workspace)};
  sums.signal = sums.error + entries * height;
  sums.similar = reinterpret_cast<std::int64_t*>(sums.signal + entries * height);
  sum_rows(c, sums, launch.threads);
  const bool integers = c.type == element_type::u8 || c.type == element_type::u16;
  for (std::int64_t e = 0; e < entries; ++e) {
    comparison_sums& to = c.sums[e];
    to = {.pixels = std::int64_t{c.judged.width} * height,
          .squared_error = total(sums.error + e * height, height, integers),
          .squared_reference = total(sums.signal + e * height, height, integers),
          .windows = across * down};
    for (int j = 0; j < down; ++j) to.similarity += sums.similar[e * down + j];
  }
  return status::ok;
}

status compare(const comparison& c, void* workspace, const launch_options& launch) {
  const auto how = simd_chosen() ? compare_in_lanes : scalar_metrics_functions.compare;
  return translate_bad_alloc([&] { return how(c, workspace, launch); });
}

}  // namespace

const metrics_functions cpu_metrics_functions{workspace, compare};

}  // namespace fluxel::kernels
