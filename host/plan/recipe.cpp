// SPDX-License-Identifier: Apache-2.0
#include "host/plan/recipe.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/plan/axis.hpp"
#include "host/plan/filter.hpp"
#include "kernels/common/resize/position.hpp"

namespace fluxel::plan {

using kernels::filter_engine;
using kernels::filtered_recipe;
using kernels::linear_recipe;
using kernels::nearest_recipe;
using kernels::pass_order;
using kernels::resize_recipe;

namespace {

/// What the samples that enter a pass can be.
struct sample_range {
  double low;
  double high;
};

/// How far an output's negative weights can sum up once they are rounded.
double lobes(const exact_filter& f, int bits) {
  return f.negative > 0 ? f.negative + f.taps * std::ldexp(1.0, -bits) : 0;
}

/// The range of a pass's outputs: their positive weights sum to one more than the negative ones.
sample_range filtered(sample_range in, double negative) {
  return {in.low * (1 + negative) - in.high * negative, in.high * (1 + negative) - in.low * negative};
}

/// The most fraction bits, up to `cap`, with weights up to `most_weight` and sums up to `most_sum`.
int weight_bits(const exact_filter& f, sample_range in, double most_weight, double most_sum, int cap) {
  for (int bits = cap; bits > 0; --bits) {
    const auto out = filtered(in, lobes(f, bits));
    // 0.5: the rounding of the result, and that of the prefix sums, are added on top.
    const double reach = (std::max(out.high, -out.low) + 0.5) * std::ldexp(1.0, bits);
    if (f.largest * std::ldexp(1.0, bits) + 1 <= most_weight && reach <= most_sum) return bits;
  }
  return 0;
}

/// Error of the weights of one output in the worst image: every prefix sum is off by half a unit.
double weight_error(const exact_filter& f, sample_range in, int bits) {
  return (in.high - in.low) * (f.taps - 1) * std::ldexp(1.0, -bits - 1);
}

/// What the integers of an engine hold.
struct engine_limits {
  double most_weight;
  double most_sum;
  double most_kept;  ///< magnitude of a sample between the passes
  int most_bits;
};
constexpr engine_limits i16_limits{32767, 0x1p31 - 1, 32767, 22};
constexpr engine_limits i64_limits{0x1p30 - 1, 0x1p62, 0x1p31 - 1, 38};

/// How an engine would filter: the bits of each pass, and a bound of the weights' error in units of a pixel.
struct scheme {
  int first_bits = 0;
  int second_bits = 0;
  int intermediate_bits = 0;
  double error = 1;
};

scheme make_scheme(const exact_filter& one, const exact_filter& two, double max_value, int intermediate_bits,
                   const engine_limits& e) {
  scheme s{.intermediate_bits = intermediate_bits};
  const sample_range pixels{0, max_value};
  s.first_bits = weight_bits(one, pixels, e.most_weight, e.most_sum, e.most_bits);
  const auto between = filtered(pixels, lobes(one, s.first_bits));
  const double unit = std::ldexp(1.0, intermediate_bits);
  const sample_range kept{std::floor(between.low * unit), std::ceil(between.high * unit)};
  if (std::max(kept.high, -kept.low) > e.most_kept || s.first_bits <= intermediate_bits) return s;
  // Rounding the result adds half a pixel, which is 2^(kept_bits - 1) of a kept sample.
  s.second_bits =
      weight_bits(two, {kept.low - unit / 2, kept.high + unit / 2}, e.most_weight, e.most_sum, e.most_bits);
  if (s.second_bits > 0)
    s.error = weight_error(one, pixels, s.first_bits) * (1 + 2 * lobes(two, s.second_bits)) +
              weight_error(two, kept, s.second_bits) / unit;
  return s;
}

/// i16 while the weights' total error stays below a quarter of a pixel value; longer tables trade intermediate bits,
/// whose rounding errors they average, for weight bits. u16 always takes i64.
scheme choose_scheme(filtered_recipe& r, element_type type, const exact_filter& one, const exact_filter& two) {
  const double most_error = 0.25;
  r.engine = filter_engine::i16;
  if (type == element_type::u8)
    for (int intermediate_bits = 7; intermediate_bits >= 3; --intermediate_bits) {
      const auto s = make_scheme(one, two, r.max_value, intermediate_bits, i16_limits);
      if (s.error < most_error) return s;
    }
  r.engine = filter_engine::i64;
  const auto s = make_scheme(one, two, r.max_value, 12, i64_limits);
  return s.error < most_error ? s : make_scheme(one, two, r.max_value, 6, i64_limits);
}

bool is_integer(element_type type) { return type == element_type::u8 || type == element_type::u16; }

void make_tables(filtered_recipe& r, element_type type, const exact_filter& x, const exact_filter& y) {
  if (!is_integer(type)) {
    r.engine = filter_engine::f32;
    r.x = float_table(x);
    r.y = float_table(y);
    return;
  }
  const bool vertical_first = r.order == pass_order::vertical_first;
  const auto s = vertical_first ? choose_scheme(r, type, y, x) : choose_scheme(r, type, x, y);
  r.x = integer_table(x, vertical_first ? s.second_bits : s.first_bits);
  r.y = integer_table(y, vertical_first ? s.first_bits : s.second_bits);
  r.intermediate_bits = s.intermediate_bits;
}

/// Halving or keeping the size of integer pixels by area: the mean of two or four pixels, which linear interpolation
/// gives too, without any rounding but the last. Kernels are faster at it.
bool is_exact_half(const axis& x, const axis& y, const resize_options& options, element_type type) {
  auto halves = [](const axis& a) {
    return !a.explicit_mapping && a.rule == coordinates::half_pixel &&
           (a.src_size == a.dst_size || (a.src_size % 2 == 0 && a.src_size / 2 == a.dst_size));
  };
  return is_integer(type) && options.filter == filter::area && halves(x) && halves(y);
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

resize_recipe make_recipe(const axis& x, const axis& y, const resize_geometry& geometry,
                          const resize_options& options, pixel_depth depth) {
  const element_type type = geometry.type;
  resize_recipe recipe{.type = type, .channels = geometry.channels, .method = {}};
  if (options.filter == filter::nearest) {
    recipe.method = nearest_recipe{.element_bytes = element_size(type),
                                   .x = nearest_table(x, options.rounding),
                                   .y = nearest_table(y, options.rounding)};
  } else if (is_linear(x, y, options) || is_exact_half(x, y, options, type)) {
    recipe.method = linear_recipe{.x = linear_table(x),
                                  .y = linear_table(y),
                                  .rounding = kernels::rounding_of(x.denominator(), y.denominator()),
                                  .low_zero_bits = depth.low_zero_bits};
  } else {
    filtered_recipe r{.low_zero_bits = depth.low_zero_bits};
    // Vertical sums run along rows, whatever the channels; do them first where they leave fewer rows to filter.
    r.order = y.step() > 1 ? pass_order::vertical_first : pass_order::horizontal_first;
    if (is_integer(type)) r.max_value = (1 << (depth.bits != 0 ? depth.bits : 8 * element_size(type))) - 1;
    make_tables(r, type, make_filter(x, options), make_filter(y, options));
    recipe.method = std::move(r);
  }
  return recipe;
}

}  // namespace fluxel::plan
