// SPDX-License-Identifier: Apache-2.0
#include "host/plan/filter.hpp"

#include <algorithm>
#include <cmath>

#include "host/plan/filter_shape.hpp"
#include "kernels/common/resize/position.hpp"

namespace fluxel::plan {

namespace {

/// Positions in units of 1 / den pixel: exact and even integers, or doubles with den = 1.
template <class Number>
struct grid {
  Number first, step, den;
  double middle;  ///< the source position of the destination's first edge; doubles only

  Number centre(int i) const {
    if constexpr (std::is_same_v<Number, double>)
      return (i + 0.5) * step + middle;
    else
      return first + i * step;
  }
};

std::int64_t floor_ratio(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0); }
std::int64_t ceil_ratio(std::int64_t a, std::int64_t b) { return a / b + (a % b > 0); }
std::int64_t floor_ratio(double a, double) { return static_cast<std::int64_t>(std::floor(a)); }
std::int64_t ceil_ratio(double a, double) { return static_cast<std::int64_t>(std::ceil(a)); }

/// Symmetric, so that a mirrored output has the mirrored weights.
double symmetric_sum(const double* w, std::size_t n) {
  double sum = 0;
  for (std::size_t k = 0; k < n / 2; ++k) sum += w[k] + w[n - 1 - k];
  return n % 2 != 0 ? sum + w[n / 2] : sum;
}

/// Ends an output whose weights have been appended: they get the sum one, and no zeros at the ends.
void close_output(exact_filter& f, std::int64_t first) {
  auto& all = f.weight;
  const std::size_t begin = f.begin.back();
  const double sum = symmetric_sum(&all[begin], all.size() - begin);
  double negative = 0;
  for (std::size_t k = begin; k < all.size(); ++k) {
    all[k] /= sum;
    if (std::fabs(all[k]) < 0x1p-32) all[k] = 0;
    f.largest = std::max(f.largest, std::fabs(all[k]));
    if (all[k] < 0) negative -= all[k];
  }
  f.negative = std::max(f.negative, negative);
  while (all.back() == 0) all.pop_back();
  std::size_t zeros = 0;
  while (all[begin + zeros] == 0) ++zeros;
  all.erase(all.begin() + begin, all.begin() + begin + zeros);
  f.first.push_back(static_cast<std::int32_t>(first + zeros));
  f.begin.push_back(all.size());
  f.taps = std::max(f.taps, static_cast<int>(all.size() - begin));
}

template <class Number>
void append_area(exact_filter& f, const grid<Number>& g, int i) {
  const std::int64_t last = f.src_size - 1;
  const Number low = g.centre(i) + g.den / 2 - g.step / 2;
  const Number high = low + g.step;
  auto pixel = [&](Number at) {
    return at <= 0 ? 0 : at >= last * g.den ? last : std::min(last, floor_ratio(at, g.den));
  };
  const std::int64_t from = pixel(low);
  const std::int64_t to = g.step == 0 ? from : pixel(high);
  for (std::int64_t k = from; k <= to; ++k) {
    const Number left = k == from ? low : k * g.den;
    const Number right = k == to ? high : (k + 1) * g.den;
    f.weight.push_back(from == to ? 1.0 : static_cast<double>(right - left));
  }
  close_output(f, from);
}

/// Taps past the border are dropped.
template <class Number>
void append_stretched(exact_filter& f, const grid<Number>& g, int i, const resize_options& options) {
  const auto [at, radius] = shape_of(options.filter);
  const std::int64_t last = f.src_size - 1;
  const Number unit = std::max(g.step, g.den);
  const Number centre = std::clamp(g.centre(i), -g.den / 2, last * g.den + g.den / 2);
  const auto from = std::max<std::int64_t>(0, floor_ratio(centre - radius * unit, g.den) + 1);
  const auto to = std::min<std::int64_t>(last, ceil_ratio(centre + radius * unit, g.den) - 1);
  for (std::int64_t k = from; k <= to; ++k) {
    const double distance = std::fabs(static_cast<double>(k * g.den - centre)) / static_cast<double>(unit);
    f.weight.push_back(distance < radius ? at(distance, options) : 0);
  }
  close_output(f, from);
}

/// Taps past the border go to the edge pixel.
template <class Number>
void append_plain(exact_filter& f, const grid<Number>& g, int i, const resize_options& options) {
  const auto [at, radius] = shape_of(options.filter);
  const std::int64_t last = f.src_size - 1;
  const Number centre = std::clamp<Number>(g.centre(i), -radius * g.den, (last + radius) * g.den);
  const std::int64_t from = floor_ratio(centre, g.den) - radius + 1;
  const std::int64_t first = std::clamp<std::int64_t>(from, 0, last);
  f.weight.resize(f.begin.back() + std::clamp<std::int64_t>(from + 2 * radius - 1, 0, last) - first + 1);
  for (std::int64_t k = from; k < from + 2 * radius; ++k) {
    const double distance = std::fabs(static_cast<double>(k * g.den - centre)) / static_cast<double>(g.den);
    if (distance < radius)
      f.weight[f.begin.back() + std::clamp<std::int64_t>(k, 0, last) - first] += at(distance, options);
  }
  close_output(f, first);
}

template <class Number>
exact_filter filter_on(const grid<Number>& g, const axis& a, const resize_options& options) {
  exact_filter f{.src_size = a.src_size};
  f.first.reserve(a.dst_size);
  f.begin.reserve(std::size_t(a.dst_size) + 1);
  for (int i = 0; i < a.dst_size; ++i) {
    if (options.filter == filter::area)
      append_area(f, g, i);
    else if (options.antialias == antialias::yes)
      append_stretched(f, g, i, options);
    else
      append_plain(f, g, i, options);
  }
  return f;
}

/// The longest output decides the table's width. A shorter one is padded with zeros, its window moved back where
/// the padding would leave the image, or where it would begin after a later output's.
template <class Put>
kernels::filter_axis padded_table(const exact_filter& f, Put&& put) {
  kernels::filter_axis table{.src_size = f.src_size, .dst_size = f.dst_size(), .taps = f.taps};
  table.first.resize(f.first.size());
  std::int32_t next = f.src_size - f.taps;
  for (std::size_t i = f.first.size(); i-- > 0;) {
    const auto count = static_cast<std::int32_t>(f.begin[i + 1] - f.begin[i]);
    next = std::min(f.first[i], std::max(next, f.first[i] + count - f.taps));
    table.first[i] = next;
    put(&f.weight[f.begin[i]], count, i * f.taps + (f.first[i] - next));
  }
  return table;
}

}  // namespace

exact_filter make_filter(const axis& a, const resize_options& options) {
  if (a.explicit_mapping) {
    const auto [step, origin] = *a.explicit_mapping;
    return filter_on(grid<double>{0, step, 1, origin - 0.5}, a, options);
  }
  auto r = kernels::make_ratio(a.rule, a.src_size, a.dst_size);
  if (a.rule != coordinates::half_pixel) {  // even numbers, so that halves are exact
    r.first *= 2;
    r.step *= 2;
    r.denominator *= 2;
  }
  return filter_on(grid<std::int64_t>{r.first, r.step, r.denominator, 0}, a, options);
}

std::int64_t table_entries(const axis& a, const resize_options& options) {
  if (options.filter == filter::nearest) return a.dst_size;
  const double stretch = options.antialias == antialias::yes ? std::max(a.step(), 1.0) : 1.0;
  const double reach =
      options.filter == filter::area ? a.step() + 2 : 2 * shape_of(options.filter).radius * stretch + 2;
  return a.dst_size * static_cast<std::int64_t>(std::min<double>(std::ceil(reach), a.src_size));
}

kernels::filter_axis float_table(const exact_filter& f) {
  std::vector<float> weight(f.first.size() * f.taps);
  auto table = padded_table(f, [&](const double* w, int n, std::size_t at) {
    for (int k = 0; k < n; ++k) weight[at + k] = static_cast<float>(w[k]);
  });
  table.weight = std::move(weight);
  return table;
}

kernels::filter_axis integer_table(const exact_filter& f, int bits) {
  std::vector<std::int32_t> integer(f.first.size() * f.taps);
  const double one = std::ldexp(1.0, bits);
  auto table = padded_table(f, [&](const double* w, int n, std::size_t at) {
    double prefix = 0;
    double rounded = 0;
    for (int k = 0; k < n; ++k) {
      prefix += w[k];
      const double next = k + 1 == n ? one : std::nearbyint(prefix * one);
      integer[at + k] = static_cast<std::int32_t>(next - rounded);
      rounded = next;
    }
  });
  table.integer = std::move(integer);
  table.integer_bits = bits;
  return table;
}

}  // namespace fluxel::plan
