// SPDX-License-Identifier: Apache-2.0
// Nearest-neighbour resize: rows are gathered by prepared permutations, and copied where they repeat.

#include "kernels/cpu/resize/nearest.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/common/resize/position.hpp"
#include "kernels/cpu/resize/nearest_rows.hpp"
#include "kernels/cpu/runtime/kept_plans.hpp"
#include "kernels/cpu/runtime/parallel.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

constexpr std::int64_t bytes_per_band = 1 << 17;  // fewer are not worth another thread

/// Everything about one geometry, whichever images come.
struct nearest_plan {
  nearest_row row;
  gather_row gather = nullptr;
  bool whole_rows = false;  ///< every output pixel is the source pixel of its own column
  std::vector<std::int32_t> y;

  nearest_plan() = default;
  nearest_plan(std::span<const std::int32_t> columns, std::vector<std::int32_t> rows, int src_width, int pixel_bytes)
      : row(columns, src_width, pixel_bytes),
        gather(gather_row_of_target(row)),
        whole_rows(true),
        y(std::move(rows)) {
    for (std::size_t i = 0; i < columns.size(); ++i) whole_rows &= columns[i] == static_cast<std::int32_t>(i);
  }
};

/// Rows [first, last) of the planes of a pair, counted through all of them.
void run_rows(const nearest_plan& plan, const image_pair& pair, std::int64_t first, std::int64_t last) {
  const auto& [src, dst] = pair;
  const auto height = static_cast<std::int64_t>(plan.y.size());
  const std::byte* repeated = nullptr;
  for (std::int64_t at = first; at < last; ++at) {
    const auto y = static_cast<std::ptrdiff_t>(at % height);
    const auto n = static_cast<std::ptrdiff_t>(at / height / dst.planes);
    const auto p = static_cast<std::ptrdiff_t>(at / height % dst.planes);
    const auto* in = static_cast<const std::byte*>(src.data) + n * src.stride + p * src.plane_stride;
    auto* out = static_cast<std::byte*>(dst.data) + n * dst.stride + p * dst.plane_stride + y * dst.pitch;
    const std::byte* from = in + plan.y[y] * src.pitch;
    const bool again = repeated != nullptr && y > 0 && plan.y[y] == plan.y[y - 1];
    if (plan.whole_rows || again)
      std::memcpy(out, again ? repeated : from, plan.row.bytes);
    else
      plan.gather(plan.row, from, out);
    repeated = out;
  }
}

void run_pair(const nearest_plan& plan, const image_pair& pair, int threads) {
  const std::int64_t rows = static_cast<std::int64_t>(plan.y.size()) * pair.dst.planes * pair.dst.count;
  if (rows == 0) return;
  const auto per_band = std::max<std::int64_t>(1, bytes_per_band / static_cast<std::int64_t>(plan.row.bytes));
  parallel_rows(rows, per_band, threads,
                [&](std::int64_t first, std::int64_t last) { run_rows(plan, pair, first, last); });
}

std::vector<std::int32_t> indices(const std::vector<position>& table) {
  std::vector<std::int32_t> result;
  for (const auto& p : table) result.push_back(p.index);
  return result;
}

std::vector<std::int32_t> indices(const ratio& axis, nearest_rounding rounding) {
  std::vector<std::int32_t> result(axis.dst_size);
  for (int i = 0; i < axis.dst_size; ++i) result[i] = nearest_index(axis, rounding, i);
  return result;
}

class prepared_nearest final : public prepared_resize {
 public:
  /// Permutations stay inside the source row, whose width only the pairs tell: up to the last pixel that is read.
  prepared_nearest(const nearest_recipe& r, int channels)
      : prepared_nearest(indices(r.x), indices(r.y), channels * r.element_bytes) {}

  status run(std::span<const image_pair> pairs, const launch_options& launch) const override {
    for (const auto& pair : pairs) run_pair(plan_, pair, launch.threads);
    return status::ok;
  }

 private:
  prepared_nearest(const std::vector<std::int32_t>& columns, std::vector<std::int32_t> rows, int pixel_bytes)
      : plan_(columns, std::move(rows), *std::max_element(columns.begin(), columns.end()) + 1, pixel_bytes) {}

  nearest_plan plan_;
};

/// What a one-call resize is known by.
struct nearest_geometry {
  int src_width = 0, src_height = 0, dst_width = 0, dst_height = 0;
  int pixel_bytes = 0;
  coordinates rule{};
  nearest_rounding rounding{};
  std::size_t target = 0;  ///< the instruction set

  bool operator==(const nearest_geometry&) const = default;
};

nearest_plan plan_of(const nearest_geometry& g) {
  return {indices(make_ratio(g.rule, g.src_width, g.dst_width), g.rounding),
          indices(make_ratio(g.rule, g.src_height, g.dst_height), g.rounding), g.src_width, g.pixel_bytes};
}

}  // namespace

status nearest_resize(std::span<const image_pair> pairs, int element_bytes, coordinates rule,
                      nearest_rounding rounding, const launch_options& launch) {
  if (!simd_chosen()) return scalar_resize_functions.nearest(pairs, element_bytes, rule, rounding, launch);
  with_kept_plans<nearest_geometry, nearest_plan>([&](auto& plans) {
    for (const auto& pair : pairs) {
      const nearest_geometry geometry{
          pair.src.width, pair.src.height, pair.dst.width,        pair.dst.height, pair.dst.channels * element_bytes,
          rule,           rounding,        chosen_target_number()};
      run_pair(plans.of(geometry, [&](nearest_plan& plan) { plan = plan_of(geometry); }), pair, launch.threads);
    }
  });
  return status::ok;
}

std::unique_ptr<prepared_resize> prepare_nearest(const resize_recipe& recipe) {
  if (!simd_chosen()) return scalar_resize_functions.prepare(recipe);
  return std::make_unique<prepared_nearest>(std::get<nearest_recipe>(recipe.method), recipe.channels);
}

}  // namespace fluxel::kernels
