// SPDX-License-Identifier: Apache-2.0
// Recipes: their tables in device memory.

#include "kernels/common/resize/position.hpp"
#include "kernels/cuda/resize/resize.cuh"
#include "kernels/cuda/runtime/device_array.cuh"

namespace fluxel::kernels::gpu {

namespace {

/// Whether the table is that of a source of half or twice the size at half-pixel centres.
bool is_half_pixel(const std::vector<position>& table, bool doubled) {
  const int dst = static_cast<int>(table.size());
  if (doubled ? dst % 2 != 0 : dst > 0x3fffffff) return false;
  const ratio r = make_ratio(coordinates::half_pixel, doubled ? dst / 2 : 2 * dst, dst);
  for (int i = 0; i < dst; ++i) {
    const position p = linear_position(r, i);
    if (p.index != table[i].index || p.fraction != table[i].fraction) return false;
  }
  return true;
}

class prepared_positions : public prepared_resize {
 public:
  explicit prepared_positions(const resize_recipe& r)
      : method_(r.method),
        type_(r.type),
        element_bytes_(r.element_bytes),
        low_zero_bits_(r.low_zero_bits),
        rounding_(r.rounding),
        half_pixel_((is_half_pixel(r.x, true) && is_half_pixel(r.y, true)) ||
                    (is_half_pixel(r.x, false) && is_half_pixel(r.y, false))),
        x_(r.x),
        y_(r.y) {}

  bool failed() const { return x_.failed() || y_.failed(); }

  status run(std::span<const image_pair> pairs, const launch_options& options) const override {
    const linear_tables tables{x_.data(), y_.data(), low_zero_bits_, rounding_, half_pixel_};
    return method_ == resize_method::nearest ? resize_nearest_tables(pairs, element_bytes_, tables, options)
                                             : resize_linear_tables(pairs, type_, tables, options);
  }

 private:
  resize_method method_;
  element_type type_;
  int element_bytes_;
  int low_zero_bits_;
  last_rounding rounding_;
  bool half_pixel_;
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
