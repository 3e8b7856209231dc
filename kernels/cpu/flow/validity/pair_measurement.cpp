// SPDX-License-Identifier: Apache-2.0
// What is measured of a pair of frames on the CPU: every band of rows counts on its own, and adds its counts to the
// pair's.

#include "kernels/cpu/flow/validity/pair_measurement.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "kernels/common/flow/pair_measurement.hpp"
#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/validity/assess_rows.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

namespace {

void add_count(std::uint32_t& sum, std::uint32_t count) {
  if (count != 0) std::atomic_ref(sum).fetch_add(count, std::memory_order_relaxed);
}

/// Neighbours mostly fall into one bin, and adding to it several times in a row is slow: each bin has counters for x
/// mod `ways`.
constexpr int ways = 4;
using bin_counters = working_vector<std::uint32_t>;

void add_counters(const bin_counters& counters, std::uint32_t* sums) {
  for (std::size_t k = 0; k < counters.size(); k += ways)
    add_count(sums[k / ways], counters[k] + counters[k + 1] + counters[k + 2] + counters[k + 3]);
}

/// @param m  a copy: no counter can lie in it
void count_band(const pair_measurement m, int n, int first, int last) {
  bin_counters differences(ways * pair_histograms::differences), levels(ways * pair_histograms::levels);
  std::uint32_t *const difference = differences.data(), *const level = levels.data();
  for (int y = first; y < last; ++y) {
    for (int x = 0; x < m.frames.prev.width; ++x)
      if (const int bin = difference_bin(m, n, x, y); bin >= 0) ++difference[ways * bin + x % ways];
    for (int x = 0; x < m.frames.prev.width; ++x)
      if (const int bin = level_bin(m, n, x, y); bin >= 0) ++level[ways * bin + x % ways];
  }
  pair_histograms& sum = m.histograms[n];
  add_counters(differences, sum.difference);
  add_counters(levels, sum.level);
}

/// Of a row of blocks.
void count_seconds(plane<const u16> grey, plane<const u8> mask, int n, int row, std::uint32_t* seconds) {
  const int top = row * noise_block, bottom = std::min(top + noise_block, grey.height);
  for (int left = 0; left < grey.width; left += noise_block) {
    const int right = std::min(left + noise_block, grey.width);
    block_sum block;
    for (int y = top; y < bottom; ++y)
      for (int x = left; x < right; ++x) add_second(block, grey, mask, n, x, y);
    if (block.pixels >= least_block_pixels) add_count(seconds[second_bin(block)], 1);
  }
}

/// add(row) over all rows of a pair, in bands, each with sums of its own.
template <class Add>
pair_sums sum_over_rows(const pair_measurement& m, int n, const launch_options& launch, const Add& add) {
  const auto& prev = m.frames.prev;
  pair_sums all;
  std::mutex adding;
  parallel_rows(prev.height, least_rows, launch.threads, [&](std::int64_t first, std::int64_t last) {
    const bool masked = m.frames.prev_mask.data != nullptr;
    const working_vector<u8> nothing_masked(masked ? 0 : prev.width);
    pair_sums of_band;
    for (int y = static_cast<int>(first); y < last; ++y)
      add(compared_row{row_at(prev, n, y), row_at(m.warped.grey, n, y), row_at(m.warped.reason, n, y),
                       masked ? row_at(m.frames.prev_mask, n, y) : nothing_masked.data()},
          of_band);
    const std::lock_guard lock(adding);
    all.known += of_band.known, all.difference += of_band.difference;
    all.pixels += of_band.pixels, all.level += of_band.level;
  });
  return all;
}

/// The score needs means and distances from them alone: two passes over the rows are faster than counting by bins.
pair_summary sums_for_score(const pair_measurement& m, int n, const launch_options& launch) {
  const auto& rows = flow_assess_rows();
  const int width = m.frames.prev.width;
  const pair_sums bins =
      sum_over_rows(m, n, launch, [&](const compared_row& row, pair_sums& sums) { rows.add_bins(row, width, sums); });
  const std::int32_t difference = mean_bin(bins.difference, bins.known), level = mean_bin(bins.level, bins.pixels);
  const pair_sums far = sum_over_rows(m, n, launch, [&](const compared_row& row, pair_sums& sums) {
    rows.add_deviations(row, difference, level, width, sums);
  });
  pair_summary s;
  s.known = bins.known, s.difference = far.difference;
  s.pixels = bins.pixels, s.deviation = far.level;
  return s;
}

}  // namespace

status measure_pair_in_bands(const pair_measurement& m, const launch_options& launch) {
  if (!m.for_pixels && simd_chosen()) {
    for (int n = 0; n < m.frames.prev.count; ++n) store_limits(m, n, limits_of(sums_for_score(m, n, launch), m.rule));
    return status::ok;
  }
  const auto& prev = m.frames.prev;
  std::fill(m.histograms, m.histograms + prev.count, pair_histograms{});
  for_bands(prev, launch, [&](int n, int first, int last) { count_band(m, n, first, last); });
  const int rows = (prev.height + noise_block - 1) / noise_block;
  for (int n = 0; n < prev.count; ++n) {
    pair_histograms& h = m.histograms[n];
    if (m.for_pixels)
      parallel_rows(rows, 1, launch.threads, [&](std::int64_t first, std::int64_t last) {
        for (int row = static_cast<int>(first); row < last; ++row) {
          count_seconds(prev, m.frames.prev_mask, n, row, h.second[0]);
          count_seconds(m.frames.next, m.frames.next_mask, n, row, h.second[1]);
        }
      });
    store_limits(m, n, limits_of(summary_of(h), m.rule));
  }
  return status::ok;
}

}  // namespace fluxel::kernels
