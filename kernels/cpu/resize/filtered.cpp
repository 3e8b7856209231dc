// SPDX-License-Identifier: Apache-2.0
// Filtered resize. Reducing: every output row is filtered vertically, and blocks of such rows horizontally.
// Enlarging: blocks of source rows are filtered horizontally into a rolling window, which output rows read.

#include "kernels/cpu/resize/filtered.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "kernels/cpu/resize/aligned_vector.hpp"
#include "kernels/cpu/resize/filtered_rows.hpp"
#include "kernels/cpu/resize/filtered_tables.hpp"
#include "kernels/cpu/resize/plane_pair.hpp"
#include "kernels/cpu/runtime/parallel.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

constexpr int strip_span = 2048;                 // columns of a strip stay in the second cache
constexpr int strip_outputs = 2048;              // so does the rolling window
constexpr int padding = 64;                      // bytes after a row, so that whole vectors can be stored
constexpr std::int64_t taps_per_band = 1 << 17;  // fewer are not worth another thread

/// Everything about one geometry, whichever images come.
struct filtered_plan {
  filter_passes passes;
  filter_rounding rounding;
  filter_words x, y;
  bool vertical_first;
  int channels;
  int pixel_bytes;
  int src_height;
  std::vector<element_taps> elements;
  std::vector<row_strip> strips;
  std::vector<std::int32_t> oldest;  ///< enlarging: the first row that this or a later output reads
  int row_base = 0;                  ///< the source elements that any strip reads
  int row_span = 0;
  int most_span = 0;     ///< of a strip, in source elements
  int most_outputs = 0;  ///< of a strip, in elements
  int window_rows = 0;   ///< enlarging: rows of the rolling window

  filtered_plan(element_type type, int pixel_channels, const filtered_recipe& r, const filter_passes& p);
  int height() const { return static_cast<int>(y.first.size()); }
  std::size_t kept_pitch() const {
    const std::size_t elements = vertical_first ? row_span : most_outputs;
    return (elements * passes.kept_bytes + 2 * padding - 1) / padding * padding;
  }
  std::size_t kept_rows() const { return vertical_first ? passes.block_rows : window_rows; }
  std::size_t column_bytes() const {
    return std::size_t(most_span + channels) * passes.block_rows * passes.kept_bytes;
  }
};

filtered_plan::filtered_plan(element_type type, int pixel_channels, const filtered_recipe& r, const filter_passes& p)
    : passes(p),
      x(r.x, p.pairs),
      y(r.y, p.pairs),
      vertical_first(r.order == pass_order::vertical_first),
      channels(pixel_channels),
      pixel_bytes(element_size(type)),
      src_height(r.y.src_size),
      elements(element_table(x, channels)),
      strips(make_strips(x, channels, strip_span, strip_outputs)) {
  const auto& one = vertical_first ? r.y : r.x;
  const auto& two = vertical_first ? r.x : r.y;
  rounding = {one.integer_bits, two.integer_bits, r.intermediate_bits, r.max_value, r.low_zero_bits};
  row_base = strips.front().base;
  for (const auto& s : strips) {
    row_base = std::min(row_base, s.base);
    row_span = std::max(row_span, s.base + s.span);
    most_span = std::max(most_span, s.span);
    most_outputs = std::max(most_outputs, s.last - s.first);
  }
  row_span -= row_base;
  oldest = y.first;
  for (std::size_t i = oldest.size(); i > 0; --i) {
    if (i < oldest.size()) oldest[i - 1] = std::min(oldest[i - 1], oldest[i]);
    window_rows = std::max(window_rows, y.first[i - 1] - oldest[i - 1]);
  }
  window_rows += y.window + passes.block_rows;
}

/// What one band works in.
struct workspace {
  aligned_vector<std::byte> kept;
  aligned_vector<std::byte> columns;
  std::vector<const std::byte*> taps;   ///< rows of a vertical pass
  std::vector<const std::byte*> block;  ///< rows of a horizontal pass
  std::vector<std::byte*> out;

  explicit workspace(const filtered_plan& p)
      : kept(p.kept_pitch() * p.kept_rows()),
        columns(p.column_bytes()),
        taps(p.y.taps),
        block(p.passes.block_rows),
        out(p.passes.block_rows) {}
};

/// Workspaces of one plan, kept for later calls. A call takes one for each of its bands.
class workspace_pool {
 public:
  working_vector<std::unique_ptr<workspace>> take(const filtered_plan& plan, int n) {
    working_vector<std::unique_ptr<workspace>> taken;
    taken.reserve(n);
    {
      const std::lock_guard lock(mutex_);
      for (; n > 0 && !free_.empty(); --n) {
        taken.push_back(std::move(free_.back()));
        free_.pop_back();
      }
    }
    for (; n > 0; --n) taken.push_back(std::make_unique<workspace>(plan));
    return taken;
  }
  void give_back(working_vector<std::unique_ptr<workspace>> all) {
    const std::lock_guard lock(mutex_);
    for (auto& w : all) free_.push_back(std::move(w));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<workspace>> free_;
};

/// Some rows of one plane, by one thread.
class band {
 public:
  band(const filtered_plan& plan, const plane_pair& at, workspace& w) : p_(plan), at_(at), w_(w) {}

  void run(int first, int last) {
    if (p_.vertical_first)
      reduce(first, last);
    else
      for (const auto& strip : p_.strips) enlarge(strip, first, last);
  }

 private:
  const std::byte* source(int y, int element) const {
    return at_.src + y * at_.src_pitch + std::ptrdiff_t{element} * p_.pixel_bytes;
  }
  std::byte* target(int y, int element) const {
    return at_.dst + y * at_.dst_pitch + std::ptrdiff_t{element} * p_.pixel_bytes;
  }
  std::byte* kept(int row) { return w_.kept.data() + row * p_.kept_pitch(); }

  /// The rows that output y reads; a padding tap repeats the last one.
  template <class Row>
  vertical_job vertical(int y, Row&& row) {
    for (int k = 0; k < p_.y.taps; ++k) w_.taps[k] = row(p_.y.first[y] + std::min(k, p_.y.window - 1));
    return {.rows = w_.taps.data(), .weights = &p_.y.words[std::size_t(y) * p_.y.stride], .taps = p_.y.taps};
  }
  horizontal_job horizontal(const row_strip& s) {
    return {.rows = w_.block.data(),
            .base = s.base,
            .span = s.span,
            .elements = p_.elements.data(),
            .weights = p_.x.words.data(),
            .taps = p_.x.taps,
            .channels = p_.channels,
            .out = w_.out.data(),
            .first = s.first,
            .last = s.last,
            .columns = w_.columns.data()};
  }

  /// Whole rows vertically, so that the source is read as it lies; strips of them horizontally.
  void reduce(int first, int last) {
    const int rows = p_.passes.block_rows;
    for (int y = first; y < last; y += rows) {
      for (int r = 0; r < rows && y + r < last; ++r) {
        auto job = vertical(y + r, [&](int k) { return source(k, p_.row_base); });
        job.out = kept(r);
        job.count = p_.row_span;
        p_.passes.vertical_pixels(job, p_.rounding);
      }
      for (const auto& strip : p_.strips) {
        for (int r = 0; r < rows; ++r) {
          const int used = std::min(r, last - 1 - y);
          w_.block[r] = kept(used) + std::ptrdiff_t{strip.base - p_.row_base} * p_.passes.kept_bytes;
          w_.out[r] = target(y + used, strip.first);
        }
        p_.passes.horizontal_kept(horizontal(strip), p_.rounding);
      }
    }
  }

  /// Filters source rows from `row` on, a block of them or up to `end`, into the window.
  void fill(const row_strip& strip, int row, int end) {
    for (int r = 0; r < p_.passes.block_rows; ++r) {
      const int used = std::min(row + r, end - 1);
      w_.block[r] = source(used, strip.base);
      w_.out[r] = kept(used % p_.window_rows);
    }
    p_.passes.horizontal_pixels(horizontal(strip), p_.rounding);
  }

  void enlarge(const row_strip& strip, int first, int last) {
    const auto* rows = p_.y.first.data();
    const int end = *std::max_element(rows + first, rows + last) + p_.y.window;
    int next = 0;
    for (int y = first; y < last; ++y) {
      for (next = std::max(next, p_.oldest[y]); next < p_.y.first[y] + p_.y.window; next += p_.passes.block_rows)
        fill(strip, next, end);
      auto job = vertical(y, [&](int k) { return kept(k % p_.window_rows); });
      job.out = target(y, strip.first);
      job.count = strip.last - strip.first;
      p_.passes.vertical_kept(job, p_.rounding);
    }
  }

  const filtered_plan& p_;
  const plane_pair& at_;
  workspace& w_;
};

class prepared_filtered final : public prepared_resize {
 public:
  prepared_filtered(const resize_recipe& r, const filter_passes& passes)
      : plan_(r.type, r.channels, std::get<filtered_recipe>(r.method), passes) {}

  status run(std::span<const image_pair> pairs, const launch_options& launch) const override {
    working_vector<std::int64_t> first_row{0};
    for (const auto& pair : pairs)
      first_row.push_back(first_row.back() + std::int64_t{plan_.height()} * pair.dst.planes * pair.dst.count);
    const std::int64_t rows = first_row.back();
    if (rows == 0) return status::ok;
    const std::int64_t work = static_cast<std::int64_t>(plan_.elements.size()) * (plan_.x.taps + plan_.y.taps);
    const std::int64_t rows_per_band = std::max<std::int64_t>(1, taps_per_band / work);
    auto spaces = pool_.take(plan_, band_count(rows, rows_per_band, launch.threads));
    std::atomic<int> next{0};
    parallel_rows(rows, rows_per_band, launch.threads, [&](std::int64_t first, std::int64_t last) {
      workspace& space = *spaces[next++];
      for (std::size_t i = 0; i < pairs.size(); ++i)
        run_pair(pairs[i], std::max(first, first_row[i]) - first_row[i],
                 std::min(last, first_row[i + 1]) - first_row[i], space);
    });
    pool_.give_back(std::move(spaces));
    return status::ok;
  }

 private:
  /// Rows [first, last) of all planes of a pair.
  void run_pair(const image_pair& pair, std::int64_t first, std::int64_t last, workspace& space) const {
    for (const std::int64_t height = plan_.height(); first < last;) {
      const auto y = first % height;
      const auto end = std::min(height, y + last - first);
      const plane_pair at = plane_of(pair, first / height);
      band(plan_, at, space).run(static_cast<int>(y), static_cast<int>(end));
      first += end - y;
    }
  }

  filtered_plan plan_;
  mutable workspace_pool pool_;
};

filter_passes passes_for(const resize_recipe& r) {
  if (!simd_chosen()) return {};
  switch (std::get<filtered_recipe>(r.method).engine) {
    case filter_engine::i16:
      return i16_passes(r.type);
    case filter_engine::i64:
      return i64_passes(r.type);
    case filter_engine::f32:
      break;
  }
  return fused_simd_chosen() ? f32_passes(r.type) : filter_passes{};
}

}  // namespace

std::unique_ptr<prepared_resize> prepare_filtered(const resize_recipe& recipe) {
  const auto passes = passes_for(recipe);
  if (passes.block_rows == 0) return scalar_resize_functions.prepare(recipe);
  return std::make_unique<prepared_filtered>(recipe, passes);
}

}  // namespace fluxel::kernels
