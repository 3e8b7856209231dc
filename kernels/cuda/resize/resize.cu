// SPDX-License-Identifier: Apache-2.0
// Recipes: their tables in device memory.

#include <algorithm>

#include "kernels/common/resize/position.hpp"
#include "kernels/cuda/resize/resize.cuh"
#include "kernels/cuda/runtime/device_array.cuh"

namespace fluxel::kernels::gpu {

namespace {

/// Whether the table is that of `from` source pixels for every `to`, at half-pixel centres.
bool is_half_pixel(const std::vector<position>& table, int from, int to) {
  const int dst = static_cast<int>(table.size());
  if (dst % to != 0 || dst > 0x3fffffff) return false;
  const ratio r = make_ratio(coordinates::half_pixel, dst / to * from, dst);
  for (int i = 0; i < dst; ++i) {
    const position p = linear_position(r, i);
    if (p.index != table[i].index || p.fraction != table[i].fraction) return false;
  }
  return true;
}

exact_ratio find_exact(const linear_recipe& r) {
  auto is = [&](int from, int to) { return is_half_pixel(r.x, from, to) && is_half_pixel(r.y, from, to); };
  if (is(1, 2)) return exact_ratio::doubled;
  if (is(2, 1)) return exact_ratio::halved;
  return is(3, 2) ? exact_ratio::three_to_two : exact_ratio::none;
}

axis_reach reach_of(const std::vector<position>& table) {
  axis_reach reach;
  for (int k = 0; k < axis_reach::count; ++k)
    for (std::size_t i = 0; i < table.size(); ++i) {
      const std::size_t last = std::min(i + (std::size_t{1} << k), table.size()) - 1;
      reach.of[k] = std::max(reach.of[k], table[last].index - table[i].index);
    }
  return reach;
}

/// Both axes of a recipe in device memory.
struct position_tables {
  position_tables(const table_allocator& memory, const std::vector<position>& x_axis,
                  const std::vector<position>& y_axis)
      : x(memory, x_axis), y(memory, y_axis) {}
  bool failed() const { return x.failed() || y.failed(); }
  device_table<position> x, y;
};

class prepared_nearest : public prepared_resize {
 public:
  prepared_nearest(const nearest_recipe& r, const table_allocator& memory)
      : element_bytes_(r.element_bytes), tables_(memory, r.x, r.y) {}

  bool failed() const { return tables_.failed(); }
  status run(std::span<const image_pair> pairs, const launch_options& options) const override {
    return resize_nearest_tables(pairs, element_bytes_, {.x = tables_.x.data(), .y = tables_.y.data()}, options);
  }

 private:
  int element_bytes_;
  position_tables tables_;
};

class prepared_linear : public prepared_resize {
 public:
  prepared_linear(element_type type, const linear_recipe& r, const table_allocator& memory)
      : type_(type),
        low_zero_bits_(r.low_zero_bits),
        rounding_(r.rounding),
        exact_(find_exact(r)),
        reach_x_(reach_of(r.x)),
        reach_y_(reach_of(r.y)),
        tables_(memory, r.x, r.y) {}

  bool failed() const { return tables_.failed(); }
  status run(std::span<const image_pair> pairs, const launch_options& options) const override {
    const linear_tables tables{tables_.x.data(), tables_.y.data(), low_zero_bits_, rounding_,
                               exact_,           reach_x_,         reach_y_};
    return resize_linear_tables(pairs, type_, tables, options);
  }

 private:
  element_type type_;
  int low_zero_bits_;
  last_rounding rounding_;
  exact_ratio exact_;
  axis_reach reach_x_, reach_y_;
  position_tables tables_;
};

template <class Prepared, class... Arguments>
std::unique_ptr<prepared_resize> prepare(Arguments&&... arguments) {
  auto prepared = std::make_unique<Prepared>(std::forward<Arguments>(arguments)...);
  if (prepared->failed()) return nullptr;
  return prepared;
}

}  // namespace

std::unique_ptr<prepared_resize> prepare_resize(const resize_recipe& recipe, const table_allocator& memory) {
  if (const auto* r = std::get_if<nearest_recipe>(&recipe.method)) return prepare<prepared_nearest>(*r, memory);
  if (const auto* r = std::get_if<linear_recipe>(&recipe.method))
    return prepare<prepared_linear>(recipe.type, *r, memory);
  return prepare_filtered(recipe, memory);
}

}  // namespace fluxel::kernels::gpu
