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

exact_ratio find_exact(const resize_recipe& r) {
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

class prepared_positions : public prepared_resize {
 public:
  explicit prepared_positions(const resize_recipe& r)
      : method_(r.method),
        type_(r.type),
        element_bytes_(r.element_bytes),
        low_zero_bits_(r.low_zero_bits),
        rounding_(r.rounding),
        exact_(find_exact(r)),
        reach_x_(reach_of(r.x)),
        reach_y_(reach_of(r.y)),
        x_(r.x),
        y_(r.y) {}

  bool failed() const { return x_.failed() || y_.failed(); }

  status run(std::span<const image_pair> pairs, const launch_options& options) const override {
    const linear_tables tables{x_.data(), y_.data(), low_zero_bits_, rounding_, exact_, reach_x_, reach_y_};
    return method_ == resize_method::nearest ? resize_nearest_tables(pairs, element_bytes_, tables, options)
                                             : resize_linear_tables(pairs, type_, tables, options);
  }

 private:
  resize_method method_;
  element_type type_;
  int element_bytes_;
  int low_zero_bits_;
  last_rounding rounding_;
  exact_ratio exact_;
  axis_reach reach_x_, reach_y_;
  device_table<position> x_, y_;
};

template <class Prepared>
std::unique_ptr<prepared_resize> prepare(const resize_recipe& recipe) {
  auto prepared = std::make_unique<Prepared>(recipe);
  if (prepared->failed()) return nullptr;
  return prepared;
}

}  // namespace

std::unique_ptr<prepared_resize> prepare_resize(const resize_recipe& recipe) {
  if (load_kernels() != status::ok) return nullptr;
  if (recipe.method == resize_method::filtered) return prepare_filtered(recipe);
  return prepare<prepared_positions>(recipe);
}

}  // namespace fluxel::kernels::gpu
