#include "host/plan/recipe.hpp"

#include <algorithm>
#include <cstdint>

#include "host/plan/axis.hpp"

namespace fluxel::plan {

using kernels::filter_axis;
using kernels::resize_method;
using kernels::resize_recipe;

namespace {

constexpr int narrow_weight = 32767;           // i16 lanes
constexpr int wide_weight = (1 << 30) - 1;     // 64-bit sums
constexpr int longest_narrow_table = 64;       // taps at which 15 bits still keep the error under 1/4 LSB

bool has_negative(const filter_axis& t) {
  return std::any_of(t.integer.begin(), t.integer.end(), [](std::int32_t w) { return w < 0; });
}

/// u8: weights fit i16 and sums i32, while the tables are short enough for it. The first pass meets 8-bit pixels
/// and affords 22 bits; the second meets 15-bit values and affords 15.
void make_u8_tables(resize_recipe& r, const axis& x, const axis& y, const resize_options& options) {
  auto first_bits = 22;
  auto second_bits = 15;
  auto limit = narrow_weight;
  r.filter_x = filter_table(x, options, limit, r.vertical_first ? second_bits : first_bits);
  r.filter_y = filter_table(y, options, limit, r.vertical_first ? first_bits : second_bits);
  const auto& second = r.vertical_first ? r.filter_x : r.filter_y;
  if (second.taps > longest_narrow_table) {
    r.filter_x = filter_table(x, options, wide_weight, 22);
    r.filter_y = filter_table(y, options, wide_weight, 22);
  }
  // Lobes overshoot: a bit of range instead of a bit of fraction keeps rows in i16.
  r.kept_bits = has_negative(r.filter_x) || has_negative(r.filter_y) ? 6 : 7;
}

void make_u16_tables(resize_recipe& r, const axis& x, const axis& y, const resize_options& options) {
  r.filter_x = filter_table(x, options, wide_weight, 28);
  r.filter_y = filter_table(y, options, wide_weight, 28);
  r.kept_bits = 12;
}

}  // namespace

bool is_linear(const axis& x, const axis& y, const resize_options& options) {
  if (options.filter != filter::bilinear) return false;
  return options.antialias == antialias::no || (x.step() <= 1 && y.step() <= 1);
}

bool is_linear(const resize_geometry& geometry, const resize_options& options) {
  return is_linear(make_axis(geometry.src.width, geometry.dst.width, options, true),
                   make_axis(geometry.src.height, geometry.dst.height, options, false), options);
}

resize_recipe make_recipe(const resize_geometry& geometry, const resize_options& options, pixel_depth depth) {
  return make_recipe(make_axis(geometry.src.width, geometry.dst.width, options, true),
                     make_axis(geometry.src.height, geometry.dst.height, options, false), geometry, options, depth);
}

resize_recipe make_recipe(const axis& x, const axis& y, const resize_geometry& geometry, const resize_options& options,
                          pixel_depth depth) {
  resize_recipe r{.type = geometry.type,
                  .element_bytes = element_size(geometry.type),
                  .channels = geometry.channels,
                  .low_zero_bits = depth.low_zero_bits};
  const int bits = depth.bits != 0 ? depth.bits : 8 * r.element_bytes;
  r.max_value = (1 << bits) - 1;
  if (options.filter == filter::nearest) {
    r.method = resize_method::nearest;
    r.x = nearest_table(x, options.rounding);
    r.y = nearest_table(y, options.rounding);
    return r;
  }
  if (is_linear(x, y, options)) {
    r.method = resize_method::linear;
    r.x = linear_table(x);
    r.y = linear_table(y);
    return r;
  }
  r.method = resize_method::filtered;
  // Vertical sums run along rows, whatever the channels; do them first where they leave fewer rows to filter.
  r.vertical_first = geometry.dst.height < geometry.src.height;
  switch (geometry.type) {
    case element_type::u8: make_u8_tables(r, x, y, options); break;
    case element_type::u16: make_u16_tables(r, x, y, options); break;
    default:
      r.filter_x = filter_table(x, options, 0, 0);
      r.filter_y = filter_table(y, options, 0, 0);
  }
  return r;
}

}  // namespace fluxel::plan
