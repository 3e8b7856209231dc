// SPDX-License-Identifier: Apache-2.0
// Bilinear resize: rows are filtered horizontally once, kept in two slots, and blended vertically.

#include "kernels/cpu/resize/linear.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "hwy/cache_control.h"
#include "kernels/common/resize/position.hpp"
#include "kernels/cpu/resize/linear_rows.hpp"
#include "kernels/cpu/runtime/parallel.hpp"
#include "kernels/cpu/runtime/streaming_store.hpp"

namespace fluxel::kernels {

namespace {

constexpr std::ptrdiff_t slot_bytes = 65536;              // longer rows are cut into tiles
constexpr std::int64_t streamed_bytes = 24'000'000;       // results that would push everything else out of the caches
constexpr std::ptrdiff_t elements_per_band = 1 << 15;     // fewer are not worth another thread
constexpr std::ptrdiff_t sparse_taps_per_band = 1 << 13;  // the same, where each element takes rows of its own

/// Everything about one geometry, whichever images come.
struct linear_plan {
  element_type type{};
  std::vector<position> y;
  std::ptrdiff_t row_elements = 0;
  bool copy = false;
  bool rows_used_once = false;        ///< nothing is gained by keeping filtered rows
  std::unique_ptr<linear_rows> rows;  ///< unless rows are copied
};

/// `linear_position` for every output. Positions repeat after `period` outputs, a whole number of pixels further,
/// so only the first few need divisions.
std::vector<position> positions_of(const ratio& r) {
  const std::int64_t common = std::gcd(r.step, r.denominator);
  const auto period = static_cast<std::size_t>(r.denominator / common);
  const std::int64_t advance = r.step / common;
  std::vector<position> table(r.dst_size);
  for (std::size_t i = 0; i < std::min(period, table.size()); ++i) {
    const std::int64_t n = r.first + static_cast<std::int64_t>(i) * r.step;  // not below -denominator
    const std::int64_t above = n + r.denominator;
    const std::int64_t index = above / r.denominator;
    const auto rest = static_cast<std::uint64_t>(above - index * r.denominator);
    table[i] = {static_cast<std::int32_t>(index - 1),
                static_cast<std::uint32_t>((rest << 32) / static_cast<std::uint64_t>(r.denominator))};
  }
  for (std::size_t i = period; i < table.size(); ++i)
    table[i] = {static_cast<std::int32_t>(table[i - period].index + advance), table[i - period].fraction};
  for (auto& p : table) p = clamp_position(p.index, p.fraction, r.src_size);
  return table;
}

bool is_identity(std::span<const position> table) {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].index != static_cast<std::int32_t>(i) || table[i].fraction != 0) return false;
  return true;
}

/// Source pixels that the table reads: up to the last one.
int extent_of(std::span<const position> table) {
  std::int32_t extent = 1;
  for (const auto& p : table) extent = std::max(extent, p.index + (p.fraction != 0) + 1);
  return extent;
}

bool is_half(std::span<const position> table) {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].index != static_cast<std::int32_t>(2 * i) || table[i].fraction != 1u << 31) return false;
  return true;
}

/// Whether consecutive outputs seldom share a source row.
bool rows_are_used_once(std::span<const position> table) {
  std::size_t shared = 0;
  for (std::size_t i = 1; i < table.size(); ++i)
    shared += table[i].index <= table[i - 1].index + (table[i - 1].fraction != 0);
  return 8 * shared < table.size();
}

/// The rows' source width is found here: what the table reads.
linear_plan make_plan(element_type type, row_geometry row, std::span<const position> y) {
  const auto x = row.x;
  row.src_width = extent_of(x);
  linear_plan plan{.type = type, .y{y.begin(), y.end()}, .row_elements = row.dst_elements()};
  plan.copy = row.low_zero_bits == 0 && is_identity(x) && is_identity(y);
  if (plan.copy) return plan;
  plan.rows_used_once = rows_are_used_once(y);
  if (is_half(x) && is_half(y)) plan.rows = make_halving_rows(row, type);
  if (!plan.rows) plan.rows = make_linear_rows(row, type);
  return plan;
}

/// One plane of one image of a pair.
struct plane {
  const std::byte* src;
  std::ptrdiff_t src_pitch;
  std::byte* dst;
  std::ptrdiff_t dst_pitch;
};

plane plane_of(const image_pair& pair, std::int64_t which) {
  const auto n = static_cast<std::ptrdiff_t>(which / pair.dst.planes);
  const auto p = static_cast<std::ptrdiff_t>(which % pair.dst.planes);
  const auto& [src, dst] = pair;
  return {static_cast<const std::byte*>(src.data) + n * src.stride + p * src.plane_stride, src.pitch,
          static_cast<std::byte*>(dst.data) + n * dst.stride + p * dst.plane_stride, dst.pitch};
}

void copy_rows(const linear_plan& plan, const plane& at, int first, int last) {
  const auto bytes = static_cast<std::size_t>(plan.row_elements) * element_size(plan.type);
  for (std::ptrdiff_t y = first; y < last; ++y)
    std::memcpy(at.dst + y * at.dst_pitch, at.src + y * at.src_pitch, bytes);
}

/// Part of a row: destination elements, and where the first of them is.
struct tile {
  int first_row;
  int last_row;
  int first_block;
  int last_block;
  std::ptrdiff_t element;
  int count;
};

/// Blends two filtered rows into `out`, past the caches: a chunk at a time, so that computing and writing overlap.
void stream_row(const linear_plan& plan, const std::byte* upper, const std::byte* lower, std::uint32_t fraction,
                const std::span<std::byte>& out) {
  constexpr int line_bytes = 2048;
  alignas(64) std::byte line[line_bytes];
  const int element = element_size(plan.type);
  const int chunk = line_bytes / element;
  const int count = static_cast<int>(out.size() / element);
  for (int i = 0; i < count; i += chunk) {
    const int n = std::min(chunk, count - i);
    const std::ptrdiff_t between = std::ptrdiff_t{i} * plan.rows->between_bytes;
    plan.rows->vertical(upper + between, lower + between, fraction, line, n);
    stream_bytes(line, out.data() + std::ptrdiff_t{i} * element, static_cast<std::size_t>(n) * element);
  }
}

/// Keeps filtered row i in slot i mod 2.
void resize_tile(const linear_plan& plan, const plane& at, const tile& part, bool stream) {
  alignas(64) std::byte slots[2][slot_bytes];
  std::int32_t held[2] = {-1, -1};
  auto filtered = [&](std::int32_t row) {
    if (held[row & 1] != row) {
      plan.rows->horizontal(at.src + row * at.src_pitch, part.first_block, part.last_block, slots[row & 1]);
      held[row & 1] = row;
    }
    return slots[row & 1];
  };
  const int element = element_size(plan.type);
  for (std::ptrdiff_t y = part.first_row; y < part.last_row; ++y) {
    const position p = plan.y[y];
    const auto* upper = filtered(p.index);
    const auto* lower = p.fraction == 0 ? upper : filtered(p.index + 1);
    std::byte* out = at.dst + part.element * element + y * at.dst_pitch;
    if (stream)
      stream_row(plan, upper, lower, p.fraction, {out, static_cast<std::size_t>(part.count) * element});
    else
      plan.rows->vertical(upper, lower, p.fraction, out, part.count);
  }
  if (stream) stream_fence();
}

/// The processor follows a row by itself, once it has seen its start.
void fetch_start(const std::byte* row) {
  for (int i = 0; i < 8; ++i) hwy::Prefetch(row + 64 * i);
}

void resize_at_once(const linear_plan& plan, const plane& at, int first, int last) {
  for (std::ptrdiff_t y = first; y < last; ++y) {
    const position p = plan.y[y];
    const std::byte* upper = at.src + p.index * at.src_pitch;
    const std::byte* lower = p.fraction == 0 ? upper : upper + at.src_pitch;
    if (y + 1 < last && plan.y[y + 1].index > p.index + 2) {
      const std::byte* next = at.src + plan.y[y + 1].index * at.src_pitch;
      fetch_start(next);
      fetch_start(next + at.src_pitch);
    }
    plan.rows->both(upper, lower, p.fraction, at.dst + y * at.dst_pitch, static_cast<int>(plan.row_elements));
  }
}

/// The destination rows [first, last), in tiles whose filtered rows fit the slots.
void resize_rows(const linear_plan& plan, const plane& at, int first, int last, bool stream) {
  if (plan.copy) return copy_rows(plan, at, first, last);
  if (plan.rows_used_once) return resize_at_once(plan, at, first, last);
  const std::ptrdiff_t block = plan.rows->block;
  const std::ptrdiff_t blocks = (plan.row_elements + block - 1) / block;
  const std::ptrdiff_t step = slot_bytes / (block * plan.rows->between_bytes);
  for (std::ptrdiff_t b = 0; b < blocks; b += step) {
    const auto end = std::min(blocks, b + step);
    const auto count = std::min(plan.row_elements, end * block) - b * block;
    const tile part{first, last, static_cast<int>(b), static_cast<int>(end), b * block, static_cast<int>(count)};
    resize_tile(plan, at, part, stream);
  }
}

/// The rows of one pair among the rows of all.
struct job {
  const linear_plan* plan;
  const image_pair* pair;
  std::int64_t first;
  std::int64_t last;
};

void run_band(std::span<const job> jobs, std::int64_t first, std::int64_t last, bool stream) {
  for (const job& j : jobs) {
    const auto height = static_cast<std::int64_t>(j.plan->y.size());
    for (auto row = std::max(first, j.first); row < std::min(last, j.last);) {
      const std::int64_t y = (row - j.first) % height;
      const std::int64_t end = std::min(height, y + last - row);
      resize_rows(*j.plan, plane_of(*j.pair, (row - j.first) / height), static_cast<int>(y), static_cast<int>(end),
                  stream);
      row += end - y;
    }
  }
}

template <class PlanOf>
status resize_pairs(std::span<const image_pair> pairs, int threads, PlanOf&& plan_of) {
  job few[8];
  std::vector<job> many;
  if (pairs.size() > std::size(few)) many.resize(pairs.size());
  const std::span<job> jobs(many.empty() ? few : many.data(), pairs.size());
  std::int64_t rows = 0;
  std::int64_t elements = 0;
  std::int64_t bytes = 0;
  bool sparse_taps = true;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const linear_plan* plan = plan_of(i);
    const auto more = static_cast<std::int64_t>(plan->y.size()) * pairs[i].dst.planes * pairs[i].dst.count;
    jobs[i] = {plan, &pairs[i], rows, rows + more};
    rows += more;
    elements += more * plan->row_elements;
    bytes += more * plan->row_elements * element_size(plan->type);
    sparse_taps &= plan->rows_used_once;
  }
  if (rows == 0) return status::ok;
  const bool stream = bytes >= streamed_bytes;
  const std::int64_t per_band = sparse_taps ? sparse_taps_per_band : elements_per_band;
  const std::int64_t rows_per_band = per_band / std::max<std::int64_t>(1, elements / rows);
  parallel_rows(rows, std::max<std::int64_t>(1, rows_per_band), threads,
                [&](std::int64_t first, std::int64_t last) { run_band(jobs, first, last, stream); });
  return status::ok;
}

class prepared_linear final : public prepared_resize {
 public:
  prepared_linear(element_type type, int channels, const linear_recipe& r)
      : plan_(make_plan(
            type, {.x = r.x, .channels = channels, .low_zero_bits = r.low_zero_bits, .rounding = r.rounding}, r.y)) {}

  status run(std::span<const image_pair> pairs, const launch_options& launch) const override {
    return resize_pairs(pairs, launch.threads, [&](std::size_t) { return &plan_; });
  }

 private:
  linear_plan plan_;
};

bool same_geometry(const image_pair& a, const image_pair& b) {
  auto same = [](const image& p, const image& q) {
    return p.width == q.width && p.height == q.height && p.channels == q.channels;
  };
  return same(a.src, b.src) && same(a.dst, b.dst);
}

}  // namespace

status linear_resize(std::span<const image_pair> pairs, element_type type, coordinates rule,
                     const launch_options& launch) {
  std::vector<linear_plan> plans;
  std::vector<std::size_t> plan_of(pairs.size());
  plans.reserve(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& [src, dst] = pairs[i];
    if (i == 0 || !same_geometry(pairs[i], pairs[i - 1])) {
      const auto x = positions_of(make_ratio(rule, src.width, dst.width));
      const auto y = positions_of(make_ratio(rule, src.height, dst.height));
      const auto rounding = rounding_of(rule, pairs[i]);
      plans.push_back(make_plan(type, {.x = x, .channels = dst.channels, .rounding = rounding}, y));
    }
    plan_of[i] = plans.size() - 1;
  }
  return resize_pairs(pairs, launch.threads, [&](std::size_t i) { return &plans[plan_of[i]]; });
}

std::unique_ptr<prepared_resize> prepare_linear(const resize_recipe& recipe) {
  return std::make_unique<prepared_linear>(recipe.type, recipe.channels, std::get<linear_recipe>(recipe.method));
}

}  // namespace fluxel::kernels
