// SPDX-License-Identifier: Apache-2.0
#include "host/plan/recipe.hpp"

#include <algorithm>
#include <cmath>

#include "host/plan/axis.hpp"
#include "host/plan/filter.hpp"
#include "kernels/common/resize/position.hpp"

namespace fluxel::plan {

using kernels::resize_method;
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

struct engine {
  double most_weight;
  double most_sum;
  double most_kept;  ///< magnitude of a sample between the passes
  int most_bits;
};
constexpr engine narrow_engine{32767, 0x1p31 - 1, 32767, 22};
constexpr engine wide_engine{0x1p30 - 1, 0x1p62, 0x1p31 - 1, 38};

/// How an engine would filter: the bits of each pass, and a bound of the weights' error in units of a pixel.
struct scheme {
  int first_bits = 0;
  int second_bits = 0;
  int intermediate_bits = 0;
  double error = 1;
};

scheme make_scheme(const exact_filter& one, const exact_filter& two, double max_value, int intermediate_bits,
                   const engine& e) {
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

/// Narrow while the weights' total error stays below a quarter of a pixel value; longer tables get weight bits for
/// kept bits, whose rounding errors they average. u16 always takes 64-bit sums.
scheme choose_scheme(resize_recipe& r, const exact_filter& one, const exact_filter& two) {
  const double most_error = 0.25;
  if (r.type == element_type::u8)
    for (int intermediate_bits = 7; intermediate_bits >= 3; --intermediate_bits) {
      const auto s = make_scheme(one, two, r.max_value, intermediate_bits, narrow_engine);
      r.i16_engine = s.error < most_error;
      if (r.i16_engine) return s;
    }
  const auto s = make_scheme(one, two, r.max_value, 12, wide_engine);
  return s.error < most_error ? s : make_scheme(one, two, r.max_value, 6, wide_engine);
}

void make_tables(resize_recipe& r, const exact_filter& x, const exact_filter& y) {
  if (r.type != element_type::u8 && r.type != element_type::u16) {
    r.filter_x = float_table(x);
    r.filter_y = float_table(y);
    return;
  }
  const auto s = r.vertical_first ? choose_scheme(r, y, x) : choose_scheme(r, x, y);
  r.filter_x = integer_table(x, r.vertical_first ? s.second_bits : s.first_bits);
  r.filter_y = integer_table(y, r.vertical_first ? s.first_bits : s.second_bits);
  r.intermediate_bits = s.intermediate_bits;
}

}  // namespace

namespace {

/// Halving or keeping the size of integer pixels by area: the mean of two or four pixels, which linear interpolation
/// gives too, without any rounding but the last. Kernels are faster at it.
bool is_exact_half(const axis& x, const axis& y, const resize_options& options, element_type type) {
  auto halves = [](const axis& a) {
    return !a.explicit_mapping && a.rule == coordinates::half_pixel &&
           (a.src_size == a.dst_size || (a.src_size % 2 == 0 && a.src_size / 2 == a.dst_size));
  };
  const bool integer = type == element_type::u8 || type == element_type::u16;
  return integer && options.filter == filter::area && halves(x) && halves(y);
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
  resize_recipe r{.type = geometry.type,
                  .element_bytes = element_size(geometry.type),
                  .channels = geometry.channels,
                  .low_zero_bits = depth.low_zero_bits};
  const int bits = depth.bits != 0 ? depth.bits : 8 * r.element_bytes;
  if (bits <= 16) r.max_value = (1 << bits) - 1;  // floats are not clamped
  if (options.filter == filter::nearest) {
    r.method = resize_method::nearest;
    r.x = nearest_table(x, options.rounding);
    r.y = nearest_table(y, options.rounding);
    return r;
  }
  if (is_linear(x, y, options) || is_exact_half(x, y, options, geometry.type)) {
    r.method = resize_method::linear;
    r.x = linear_table(x);
    r.y = linear_table(y);
    r.rounding = kernels::rounding_of(x.denominator(), y.denominator());
    return r;
  }
  r.method = resize_method::filtered;
  // Vertical sums run along rows, whatever the channels; do them first where they leave fewer rows to filter.
  r.vertical_first = y.step() > 1;
  make_tables(r, make_filter(x, options), make_filter(y, options));
  return r;
}

}  // namespace fluxel::plan
