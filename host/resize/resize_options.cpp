// SPDX-License-Identifier: Apache-2.0
#include "host/resize/resize_options.hpp"

#include <cmath>
#include <string>

namespace fluxel::host {

namespace {

constexpr double farthest = 0x1p30;   // source positions stay far inside int
constexpr double most_step = 0x1p20;  // source pixels per destination pixel, when given explicitly

void check_region(const call_site& site, const resize_options& o) {
  if (!o.region) return;
  const rect& r = *o.region;
  if (o.coordinates == coordinates::align_corners)
    reject(site, "options.region", "cannot be used with align_corners");
  if (!(r.width > 0 && r.height > 0)) reject(site, "options.region", "is empty");
  for (double edge : {r.x, r.y, r.x + r.width, r.y + r.height})
    if (!(std::fabs(edge) <= farthest)) reject(site, "options.region", "has an edge that is not within 2^30 pixels");
}

void check_scale(const call_site& site, const char* name, double scale, const resize_options& o) {
  if (scale == 0) return;
  if (!(scale >= 1 / most_step && scale <= farthest))
    reject(site, name, "is " + std::to_string(scale) + "; must be 0 (from the sizes) or within 2^-20 and 2^30");
  if (o.coordinates == coordinates::align_corners) reject(site, name, "cannot be used with align_corners");
  if (o.region) reject(site, name, "cannot be used with a region");
}

}  // namespace

void check_coordinates(const call_site& site, coordinates rule) {
  if (!is_one_of(rule, coordinates::align_corners))
    reject(site, "options.coordinates", "is not one of half_pixel, asymmetric and align_corners");
}

void check_rounding(const call_site& site, nearest_rounding rounding) {
  if (!is_one_of(rounding, nearest_rounding::ceil))
    reject(site, "options.rounding", "is not one of half_up, half_down, floor and ceil");
}

void check_options(const call_site& site, const resize_options& o) {
  if (!is_one_of(o.filter, filter::spline36))
    reject(site, "options.filter",
           "is not one of bilinear, nearest, area, bicubic, lanczos3, mitchell, catmull_rom, gaussian, hamming and "
           "spline36");
  if (!is_one_of(o.antialias, antialias::yes)) reject(site, "options.antialias", "is not one of no and yes");
  if (!is_one_of(o.alpha, alpha::straight)) reject(site, "options.alpha", "is not one of none and straight");
  check_coordinates(site, o.coordinates);
  check_rounding(site, o.rounding);
  if (!(o.cubic_a >= -2 && o.cubic_a <= 0))
    reject(site, "options.cubic_a", "is " + std::to_string(o.cubic_a) + "; must be within -2 and 0");
  auto check_unit = [&](const char* name, double v) {
    if (!(v >= 0 && v <= 1)) reject(site, name, "is " + std::to_string(v) + "; must be within 0 and 1");
  };
  check_unit("options.cubic_b", o.cubic_b);
  check_unit("options.cubic_c", o.cubic_c);
  if (!is_one_of(o.linear_light, transfer_function::hlg))
    reject(site, "options.linear_light", "is not one of none, srgb, bt1886, gamma22, gamma28, pq and hlg");
  check_region(site, o);
  check_scale(site, "options.scale_x", o.scale_x, o);
  check_scale(site, "options.scale_y", o.scale_y, o);
}

void check_geometry(const call_site& site, const resize_geometry& g, const resize_options& o) {
  auto check_size = [&](const char* name, size s) {
    if (s.width < 1 || s.height < 1)
      reject(site, name, "is empty (" + std::to_string(s.width) + "x" + std::to_string(s.height) + ")");
  };
  check_size("src", g.src);
  check_size("dst", g.dst);
  if (g.channels < 1) reject(site, "channels", "is " + std::to_string(g.channels) + "; must be 1 or more");
  if (!is_one_of(g.type, element_type::f32) || static_cast<int>(g.type) == 0)
    reject(site, "type", "is not one of u8, u16, f16, bf16 and f32");
  if (o.linear_light != transfer_function::none && g.type != element_type::u8 && g.type != element_type::u16)
    reject(site, "options.linear_light", "needs pixels of u8 or u16");
  if (o.alpha == alpha::straight && g.channels != 2 && g.channels != 4)
    reject(site, "channels", "is " + std::to_string(g.channels) + "; straight alpha needs 2 or 4");
  if (o.region && (o.region->width / g.dst.width > most_step || o.region->height / g.dst.height > most_step))
    reject(site, "options.region", "is more than 2^20 pixels for each pixel of dst");
}

}  // namespace fluxel::host
