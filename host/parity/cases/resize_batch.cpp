// SPDX-License-Identifier: Apache-2.0
#include "host/parity/cases/resize_batch.hpp"

#include <cstdio>

namespace fluxel::parity {

namespace {

void draw_mapping(random& r, const size& src, resize_options& o) {
  const auto scale = [&] { return 0.125 + 3 * r.unit(); };
  switch (r.below(4)) {
    case 0: {
      const double x = src.width * (1.5 * r.unit() - 0.5), y = src.height * (1.5 * r.unit() - 0.5);
      const double w = src.width * (0.125 + r.unit()), h = src.height * (0.125 + r.unit());
      o.region = rect{x, y, w, h};
      return;
    }
    case 1:
      o.scale_x = scale();
      o.scale_y = r.one_in(2) ? scale() : 0;
      return;
    default:
      return;
  }
}

}  // namespace

coordinates draw_coordinates(random& r) {
  return r.pick(
      {coordinates::half_pixel, coordinates::half_pixel, coordinates::asymmetric, coordinates::align_corners});
}

nearest_rounding draw_rounding(random& r) {
  return r.pick(
      {nearest_rounding::half_up, nearest_rounding::half_down, nearest_rounding::floor, nearest_rounding::ceil});
}

resize_options draw_resize_options(random& r, size src) {
  resize_options o;
  o.filter =
      r.pick({filter::bilinear, filter::bilinear, filter::nearest, filter::area, filter::bicubic, filter::lanczos3});
  o.antialias = r.pick({antialias::no, antialias::yes});
  o.coordinates = draw_coordinates(r);
  o.rounding = draw_rounding(r);
  o.cubic_a = r.pick({-0.75, -0.5, -0.6, 0.0, -1.0, -2.0});
  if (o.coordinates != coordinates::align_corners) draw_mapping(r, src, o);
  return o;
}

std::string describe(const resize_options& o) {
  char text[300];
  const rect g = o.region.value_or(rect{});
  std::snprintf(text, sizeof text,
                "filter %d antialias %d coordinates %d rounding %d cubic_a %g region %g,%g,%g,%g scale %g,%g",
                int(o.filter), int(o.antialias), int(o.coordinates), int(o.rounding), o.cubic_a, g.x, g.y, g.width,
                g.height, o.scale_x, o.scale_y);
  return text;
}

size draw_destination(random& r, const limits& limit, size src, int channels) {
  const auto fits = [&](size s) {
    return s.width >= 1 && s.height >= 1 && s.width <= limit.max_side && s.height <= limit.max_side &&
           std::int64_t{s.width} * s.height * channels <= limit.max_elements;
  };
  const size exact[] = {src,
                        {src.width * 2, src.height * 2},
                        {src.width / 2, src.height / 2},
                        {src.width * 4, src.height * 4},
                        {src.width * 2, src.height},
                        {src.width, src.height / 2},
                        {src.width * 2 / 3, src.height * 2 / 3}};
  if (r.one_in(3)) {
    const size s = r.pick(exact);
    if (fits(s)) return s;
  }
  return draw_size(r, limit, channels);
}

batch draw_batch(random& r) {
  switch (r.below(4)) {
    case 0:
      return {1, r.between(1, 4), r.between(1, 3)};
    case 1:
      return {draw_channels(r), 1, r.between(1, 3)};
    default:
      return {draw_channels(r), 1, 1};
  }
}

limits share(const limits& limit, const batch& b) {
  return {limit.max_side, limit.max_elements / (b.planes * b.count)};
}

void add_pair(random& r, test_case& c, tensor src, tensor dst, int bits, int low_zero_bits) {
  draw_pixels(r, src, bits, low_zero_bits);
  c.description += "\n    " + describe(src) + "\n -> " + describe(dst);
  c.in.push_back(std::move(src));
  c.out.push_back(std::move(dst));
}

std::vector<kernels::image_pair> pairs_of(const call& k) {
  std::vector<kernels::image_pair> pairs;
  for (std::size_t i = 0; i < k.in.size(); ++i) pairs.push_back({k.in[i], k.out[i]});
  return pairs;
}

}  // namespace fluxel::parity
