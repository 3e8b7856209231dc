// SPDX-License-Identifier: Apache-2.0
// Entry points of the CPU backend: the floating-point environment, the method, and memory that ran out.

#include "kernels/cpu/resize/filtered.hpp"
#include "kernels/cpu/resize/linear.hpp"
#include "kernels/cpu/resize/nearest.hpp"
#include "kernels/cpu/runtime/table.hpp"
#include "kernels/cpu/runtime/translate_bad_alloc.hpp"

namespace fluxel::kernels {

namespace {

/// The prepared resize of one method, run in the default floating-point environment.
class cpu_resize : public prepared_resize {
 public:
  explicit cpu_resize(std::unique_ptr<prepared_resize> method) : method_(std::move(method)) {}
  status run(std::span<const image_pair> pairs, const launch_options& launch) const override {
    return translate_bad_alloc([&] { return method_->run(pairs, launch); });
  }

 private:
  std::unique_ptr<prepared_resize> method_;
};

std::unique_ptr<prepared_resize> prepare_method(const resize_recipe& recipe) {
  if (std::holds_alternative<nearest_recipe>(recipe.method)) return prepare_nearest(recipe);
  if (std::holds_alternative<linear_recipe>(recipe.method)) return prepare_linear(recipe);
  return prepare_filtered(recipe);
}

status linear(std::span<const image_pair> pairs, element_type type, coordinates rule, const launch_options& launch) {
  return translate_bad_alloc([&] { return linear_resize(pairs, type, rule, launch); });
}

status nearest(std::span<const image_pair> pairs, int element_bytes, coordinates rule, nearest_rounding rounding,
               const launch_options& launch) {
  return translate_bad_alloc([&] { return nearest_resize(pairs, element_bytes, rule, rounding, launch); });
}

std::unique_ptr<prepared_resize> prepare(const resize_recipe& recipe, const table_allocator&) {
  std::unique_ptr<prepared_resize> result;
  translate_bad_alloc([&] {
    result = std::make_unique<cpu_resize>(prepare_method(recipe));
    return status::ok;
  });
  return result;
}

}  // namespace

const resize_functions cpu_resize_functions{linear, nearest, prepare};

}  // namespace fluxel::kernels
