// SPDX-License-Identifier: Apache-2.0
#include "host/plan/axis.hpp"

#include <cmath>

#include "kernels/common/resize/position.hpp"

namespace fluxel::plan {

using kernels::position;

namespace {

position linear_position(double p, int src_size) {
  if (!(p > 0)) return {0, 0};
  if (p >= src_size - 1) return {src_size - 1, 0};
  const double index = std::floor(p);
  return {static_cast<std::int32_t>(index), static_cast<std::uint32_t>((p - index) * 0x1p32)};
}

std::int32_t nearest_index(double p, nearest_rounding rounding, int src_size) {
  double index = 0;
  switch (rounding) {
    case nearest_rounding::half_up:
      index = std::floor(p + 0.5);
      break;
    case nearest_rounding::half_down:
      index = std::ceil(p - 0.5);
      break;
    case nearest_rounding::floor:
      index = std::floor(p);
      break;
    case nearest_rounding::ceil:
      index = std::ceil(p);
      break;
  }
  if (!(index > 0)) return 0;
  return index >= src_size ? src_size - 1 : static_cast<std::int32_t>(index);
}

}  // namespace

double axis::step() const {
  if (explicit_mapping) return explicit_mapping->step;
  const auto r = kernels::make_ratio(rule, src_size, dst_size);
  return static_cast<double>(r.step) / static_cast<double>(r.denominator);
}

double axis::position(int i) const {
  if (explicit_mapping) return (i + 0.5) * explicit_mapping->step + explicit_mapping->origin - 0.5;
  const auto r = kernels::make_ratio(rule, src_size, dst_size);
  return static_cast<double>(r.first + i * r.step) / static_cast<double>(r.denominator);
}

std::int64_t axis::denominator() const {
  if (!explicit_mapping) return kernels::common_denominator(kernels::make_ratio(rule, src_size, dst_size));
  auto is_whole = [](double v) { return std::fabs(v - std::floor(v + 0.5)) < 0x1p-20; };
  std::int64_t d = 1;
  while (d <= kernels::most_halves_denominator && !(is_whole(d * step()) && is_whole(d * position(0)))) ++d;
  return d;
}

axis make_axis(int src_size, int dst_size, const resize_options& options, bool horizontal) {
  axis a{.src_size = src_size, .dst_size = dst_size, .rule = options.coordinates, .explicit_mapping = {}};
  const double scale = horizontal ? options.scale_x : options.scale_y;
  double origin = 0;
  double extent = src_size;
  if (options.region) {
    origin = horizontal ? options.region->x : options.region->y;
    extent = horizontal ? options.region->width : options.region->height;
  }
  if (!options.region && scale == 0) return a;
  const double step = scale != 0 ? 1 / scale : extent / dst_size;
  // asymmetric maps first centre to first centre: position(i) = i * step + origin
  if (options.coordinates == coordinates::asymmetric) origin += 0.5 - 0.5 * step;
  a.explicit_mapping = {step, origin};
  return a;
}

std::vector<position> linear_table(const axis& a) {
  std::vector<position> table(a.dst_size);
  const auto r = kernels::make_ratio(a.rule, a.src_size, a.dst_size);
  for (int i = 0; i < a.dst_size; ++i)
    table[i] = a.explicit_mapping ? linear_position(a.position(i), a.src_size) : kernels::linear_position(r, i);
  return table;
}

std::vector<position> nearest_table(const axis& a, nearest_rounding rounding) {
  std::vector<position> table(a.dst_size);
  const auto r = kernels::make_ratio(a.rule, a.src_size, a.dst_size);
  for (int i = 0; i < a.dst_size; ++i)
    table[i] = {a.explicit_mapping ? nearest_index(a.position(i), rounding, a.src_size)
                                   : kernels::nearest_index(r, rounding, i),
                0};
  return table;
}

}  // namespace fluxel::plan
