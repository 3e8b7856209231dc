// SPDX-License-Identifier: Apache-2.0
// Bilinear resize: output rows are shared out to threads, and resized a few at a time.

#include "kernels/cpu/resize/linear.hpp"

#include <algorithm>
#include <cstring>

#include "hwy/cache_control.h"
#include "kernels/cpu/resize/claimed_rows.hpp"
#include "kernels/cpu/resize/linear_plan.hpp"
#include "kernels/cpu/resize/plane_pair.hpp"
#include "kernels/cpu/runtime/kept_plans.hpp"

namespace fluxel::kernels {

namespace {

constexpr std::ptrdiff_t elements_per_band = 1 << 15;     // fewer are not worth another thread
constexpr std::ptrdiff_t sparse_taps_per_band = 1 << 13;  // the same, where each element takes rows of its own

void copy_rows(const linear_plan& plan, const plane_pair& at, int first, int last) {
  const auto bytes = static_cast<std::size_t>(plan.row_elements) * element_size(plan.type);
  for (std::ptrdiff_t y = first; y < last; ++y)
    std::memcpy(at.dst + y * at.dst_pitch, at.src + y * at.src_pitch, bytes);
}

/// The processor follows a row by itself, once it has seen its start.
void fetch_start(const std::byte* row) {
  for (int i = 0; i < 8; ++i) hwy::Prefetch(row + 64 * i);
}

/// For output row y, where its source rows lie further than the next after those of row y - 1.
void fetch_starts(const linear_plan& plan, const plane_pair& at, int y) {
  const position p = plan.y[y];
  if (p.index <= plan.y[y - 1].index + 2) return;
  fetch_start(at.src + p.index * at.src_pitch);
  if (p.fraction != 0) fetch_start(at.src + (p.index + 1) * at.src_pitch);
}

/// The destination rows [first, last).
void resize_rows(const linear_plan& plan, const plane_pair& at, int first, int last) {
  if (plan.copy) return copy_rows(plan, at, first, last);
  const int group = plan.rows_used_once ? most_steps / 2 : most_steps;  // they read twice as many rows
  row_step steps[most_steps];
  for (int y = first; y < last; y += group) {
    const int count = std::min(group, last - y);
    make_steps(
        plan.rows, plan.y.data() + y, count, [&](std::ptrdiff_t row) { return at.src + row * at.src_pitch; },
        [&](std::ptrdiff_t i) { return at.dst + (y + i) * at.dst_pitch; }, steps);
    if (plan.rows_used_once && y + count < last) fetch_starts(plan, at, y + count);
    plan.rows.run(steps, count);
  }
}

/// The rows of one pair among the rows of all.
struct job {
  const linear_plan* plan;
  const image_pair* pair;
  std::int64_t first;
  std::int64_t last;
};

void run_jobs(std::span<const job> jobs, std::int64_t first, std::int64_t last) {
  for (const job& j : jobs) {
    const auto height = static_cast<std::int64_t>(j.plan->y.size());
    for (auto row = std::max(first, j.first); row < std::min(last, j.last);) {
      const std::int64_t y = (row - j.first) % height;
      const std::int64_t end = std::min(height, y + last - row);
      resize_rows(*j.plan, plane_of(*j.pair, (row - j.first) / height), static_cast<int>(y), static_cast<int>(end));
      row += end - y;
    }
  }
}

/// Pairs that run together, as many as fit.
class pair_batch {
 public:
  explicit pair_batch(int threads) : threads_(threads) {}

  bool is_full() const { return count_ == most; }

  void add(const linear_plan& plan, const image_pair& pair) {
    const auto more = static_cast<std::int64_t>(plan.y.size()) * pair.dst.planes * pair.dst.count;
    jobs_[count_++] = {&plan, &pair, rows_, rows_ + more};
    rows_ += more;
    elements_ += more * plan.row_elements;
    sparse_taps_ &= plan.rows_used_once;
  }

  void run() {
    if (rows_ != 0) {
      const std::int64_t per_band = sparse_taps_ ? sparse_taps_per_band : elements_per_band;
      const std::int64_t rows_per_band = per_band / std::max<std::int64_t>(1, elements_ / rows_);
      claim_rows(rows_, most_steps, std::max<std::int64_t>(1, rows_per_band), threads_,
                 [&](std::int64_t first, std::int64_t last) {
                   run_jobs({jobs_, count_}, first, last);
                 });
    }
    count_ = 0;
    rows_ = elements_ = 0;
    sparse_taps_ = true;
  }

 private:
  static constexpr std::size_t most = 64;
  job jobs_[most];
  std::size_t count_ = 0;
  std::int64_t rows_ = 0;
  std::int64_t elements_ = 0;
  bool sparse_taps_ = true;
  int threads_;
};

class prepared_linear final : public prepared_resize {
 public:
  prepared_linear(element_type type, int channels, const linear_recipe& r) {
    plan_.x = r.x;
    plan_.y = r.y;
    plan_.make(type, channels, r.rounding, r.low_zero_bits);
  }

  status run(std::span<const image_pair> pairs, const launch_options& launch) const override {
    pair_batch batch(launch.threads);
    for (const auto& pair : pairs) {
      if (batch.is_full()) batch.run();
      batch.add(plan_, pair);
    }
    batch.run();
    return status::ok;
  }

 private:
  linear_plan plan_;
};

using kept_linear_plans = kept_plans<linear_geometry, linear_plan>;

/// Runs as soon as all plans that are kept are in use.
void resize_pairs(kept_linear_plans& plans, std::span<const image_pair> pairs, element_type type, coordinates rule,
                  int threads) {
  pair_batch batch(threads);
  linear_geometry used[kept_linear_plans::most];
  int distinct = 0;
  for (const auto& pair : pairs) {
    const linear_geometry geometry(pair, type, rule);
    const bool known = std::find(used, used + distinct, geometry) != used + distinct;
    if (batch.is_full() || (!known && distinct == kept_linear_plans::most)) {
      batch.run();
      distinct = 0;
    }
    if (std::find(used, used + distinct, geometry) == used + distinct) used[distinct++] = geometry;
    batch.add(plans.of(geometry, [&](linear_plan& plan) { plan.make(geometry); }), pair);
  }
  batch.run();
}

}  // namespace

status linear_resize(std::span<const image_pair> pairs, element_type type, coordinates rule,
                     const launch_options& launch) {
  with_kept_plans<linear_geometry, linear_plan>(
      [&](kept_linear_plans& plans) { resize_pairs(plans, pairs, type, rule, launch.threads); });
  return status::ok;
}

std::unique_ptr<prepared_resize> prepare_linear(const resize_recipe& recipe) {
  return std::make_unique<prepared_linear>(recipe.type, recipe.channels, std::get<linear_recipe>(recipe.method));
}

}  // namespace fluxel::kernels
