// SPDX-License-Identifier: Apache-2.0
// Resize with every filter, option and type, by the kernels themselves: so that depths of u16 are covered too.

#include "host/parity/vectors/case.hpp"
#include "host/plan/recipe.hpp"

namespace fluxel::vectors::resize_vectors {

namespace {

using parity::random;

/// Of every type.
struct share {
  filter kind;
  int cases;
};
constexpr share shares[] = {{filter::bilinear, 20}, {filter::nearest, 11},    {filter::area, 11},
                            {filter::bicubic, 11},  {filter::lanczos3, 11},   {filter::mitchell, 6},
                            {filter::hamming, 4},   {filter::catmull_rom, 3}, {filter::gaussian, 4},
                            {filter::spline36, 4}};

struct vector_case {
  resize_geometry geometry;
  resize_options options;
  plan::pixel_depth depth;
  std::uint64_t seed;
};

void draw_mapping(random& r, const resize_geometry& g, resize_options& o) {
  switch (r.below(5)) {
    case 0: {
      const double x = g.src.width * (r.unit() - 0.25), y = g.src.height * (r.unit() - 0.25);
      const double w = g.src.width * (0.125 + r.unit()), h = g.src.height * (0.125 + r.unit());
      o.region = rect{x, y, w, h};
      return;
    }
    case 1:
      o.scale_x = 0.125 + 3 * r.unit();
      o.scale_y = 0.125 + 3 * r.unit();
      return;
    default:
      return;
  }
}

vector_case draw_case(random r, filter kind, element_type type) {
  vector_case c;
  const int w = r.between(1, 19), h = r.between(1, 13), to_w = r.between(1, 23), to_h = r.between(1, 17);
  c.geometry = {{w, h}, {to_w, to_h}, r.between(1, 4), type};
  auto& o = c.options;
  o.filter = kind;
  o.antialias = r.pick({antialias::no, antialias::yes});
  o.coordinates = r.pick({coordinates::half_pixel, coordinates::asymmetric, coordinates::align_corners});
  o.rounding = r.pick(
      {nearest_rounding::half_up, nearest_rounding::half_down, nearest_rounding::floor, nearest_rounding::ceil});
  o.cubic_a = r.pick({-0.75, -0.5});
  if (o.coordinates != coordinates::align_corners) draw_mapping(r, c.geometry, o);
  if (type == element_type::u16 && r.one_in(2))
    c.depth = r.pick({plan::pixel_depth{10, 0}, plan::pixel_depth{10, 6}});
  c.seed = r.next() >> 32;
  if (kind == filter::mitchell && r.one_in(2)) o.cubic_b = 0.25, o.cubic_c = 0.5;
  return c;
}

std::uint64_t output_hash(const vector_case& c, const kernels::backend_table& row) {
  const auto& g = c.geometry;
  const std::size_t elements = std::size_t(g.src.width) * g.src.height * g.channels;
  auto in = make_elements(g.type, elements, c.seed, {c.depth.bits != 0 ? c.depth.bits : 16, c.depth.low_zero_bits});
  const int bytes = element_size(g.type) * g.channels;
  std::vector<unsigned char> out(std::size_t(g.dst.width) * g.dst.height * bytes);
  const auto image_of = [&](std::vector<unsigned char>& pixels, size s) {
    return kernels::image{.data = pixels.data(),
                          .width = s.width,
                          .height = s.height,
                          .channels = g.channels,
                          .pitch = std::ptrdiff_t{s.width} * bytes};
  };
  const kernels::image_pair pair{image_of(in, g.src), image_of(out, g.dst)};
  const auto prepared = row.resize.prepare(plan::make_recipe(g, c.options, c.depth));
  if (prepared == nullptr || prepared->run({&pair, 1}, {}) != kernels::status::ok) return 0;
  return parity::hash_bytes(out.data(), out.size());
}

void print(const vector_case& c, std::uint64_t hash) {
  constexpr const char* roundings[] = {"half_up", "half_down", "floor", "ceil"};
  const auto& [g, o, depth, seed] = c;
  line l("resize", "resize", g.type);
  l.sizes(g.src, g.dst).number("channels", std::uint64_t(g.channels)).number("seed", seed);
  l.text("filter", name_of(o.filter)).truth("antialias", o.antialias == antialias::yes);
  l.text("coordinates", name_of(o.coordinates));
  if (o.filter == filter::nearest) l.text("rounding", roundings[int(o.rounding)]);
  if (o.filter == filter::bicubic) l.real("cubic_a", o.cubic_a);
  if (o.filter == filter::mitchell) l.reals("cubic_bc", {o.cubic_b, o.cubic_c});
  if (o.region) l.reals("region", {o.region->x, o.region->y, o.region->width, o.region->height});
  if (o.scale_x != 0) l.reals("scale", {o.scale_x, o.scale_y});
  if (depth.bits != 0)
    l.number("bits", std::uint64_t(depth.bits)).number("low_zero_bits", std::uint64_t(depth.low_zero_bits));
  l.print(hash);
}

void print_resize(const computer& by) {
  for (auto type : {element_type::u8, element_type::u16, element_type::f16, element_type::bf16, element_type::f32})
    for (const auto& [kind, cases] : shares)
      for (int i = 0; i < cases; ++i) {
        const auto c = draw_case(numbers_of("resize", name_of(kind), type, i), kind, type);
        print(c, output_hash(c, *by.row));
      }
}

const operation entry{"resize", print_resize};

}  // namespace

}  // namespace fluxel::vectors::resize_vectors
