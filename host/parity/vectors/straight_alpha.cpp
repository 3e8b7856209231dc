// SPDX-License-Identifier: Apache-2.0
// Resizes whose last channel weighs the others.

#include "fluxel/resizer.hpp"
#include "host/parity/vectors/case.hpp"

namespace fluxel::vectors::straight_alpha_vectors {

namespace {

/// Of every type.
struct share {
  filter kind;
  int cases;
};
constexpr share shares[] = {{filter::bilinear, 3}, {filter::area, 2}, {filter::bicubic, 3}, {filter::lanczos3, 3}};

struct alpha_case {
  resize_geometry geometry;
  resize_options options{.alpha = alpha::straight};
  std::uint64_t seed;
  bool cut_out = false;
};

alpha_case draw_case(parity::random r, filter kind, element_type type) {
  const int w = r.between(1, 15), h = r.between(1, 11), to_w = r.between(1, 19), to_h = r.between(1, 13);
  alpha_case c{.geometry = {{w, h}, {to_w, to_h}, r.pick({2, 4}), type}, .seed = 0};
  c.options.filter = kind;
  c.options.antialias = r.pick({antialias::no, antialias::yes});
  c.options.coordinates = r.pick({coordinates::half_pixel, coordinates::asymmetric, coordinates::align_corners});
  c.seed = r.next() >> 32;
  c.cut_out = (type == element_type::u8 || type == element_type::u16) && r.one_in(2);
  return c;
}

template <class T>
std::uint64_t output_hash(const alpha_case& c, run_on device) {
  const auto& g = c.geometry;
  auto src = make_image<T>(g.src, g.channels, 1, c.seed);
  if constexpr (std::is_integral_v<T>)
    if (c.cut_out)
      for (std::size_t i = g.channels - 1; i < src.size(); i += g.channels)
        src.data()[i] = src.data()[i] > T(-1) / 2 ? T(-1) : 0;
  image<T> dst(g.dst.width, g.dst.height, g.channels);
  resizer(g, c.options, {device}).run(src.view(), dst.view());
  return hash_of(dst);
}

void print_case(const alpha_case& c, run_on device) {
  const auto& [g, o, seed, cut_out] = c;
  line l("straight_alpha", "straight_alpha", g.type);
  l.sizes(g.src, g.dst).number("channels", std::uint64_t(g.channels)).number("seed", seed);
  l.text("filter", name_of(o.filter)).truth("antialias", o.antialias == antialias::yes);
  l.text("coordinates", name_of(o.coordinates));
  if (o.filter == filter::bicubic) l.real("cubic_a", o.cubic_a);
  if (cut_out) l.truth("cut_out", true);
  with_element(g.type, [&]<class T>(T) { l.print(output_hash<T>(c, device)); });
}

void print_straight_alpha(const computer& by) {
  for (auto type : {element_type::u8, element_type::u16, element_type::f16, element_type::bf16, element_type::f32})
    for (const auto& [kind, cases] : shares)
      for (int i = 0; i < cases; ++i)
        print_case(draw_case(numbers_of("straight_alpha", name_of(kind), type, i), kind, type), by.device);
}

const operation entry{"straight_alpha", print_straight_alpha};

}  // namespace

}  // namespace fluxel::vectors::straight_alpha_vectors
