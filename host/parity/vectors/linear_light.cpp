// SPDX-License-Identifier: Apache-2.0
// Resizes that average light.

#include "fluxel/resizer.hpp"
#include "host/parity/vectors/case.hpp"

namespace fluxel::vectors::linear_light_vectors {

namespace {

constexpr const char* transfer_names[] = {"none", "srgb", "bt1886", "gamma22", "gamma28", "pq", "hlg"};
constexpr int cases_per_transfer = 3;  ///< of both types

struct light_case {
  resize_geometry geometry;
  resize_options options;
  std::uint64_t seed;
};

light_case draw_case(parity::random r, transfer_function transfer, element_type type) {
  const int w = r.between(1, 15), h = r.between(1, 11), to_w = r.between(1, 19), to_h = r.between(1, 13);
  light_case c{.geometry = {{w, h}, {to_w, to_h}, r.pick({1, 3, 4}), type}, .options = {}, .seed = 0};
  auto& o = c.options;
  o.linear_light = transfer;
  if (c.geometry.channels == 4) o.alpha = alpha::straight;
  o.filter = r.pick({filter::bilinear, filter::area, filter::lanczos3});
  o.antialias = r.pick({antialias::no, antialias::yes});
  o.coordinates = r.pick({coordinates::half_pixel, coordinates::asymmetric, coordinates::align_corners});
  c.seed = r.next() >> 32;
  return c;
}

template <class T>
std::uint64_t output_hash(const light_case& c, run_on device) {
  const auto& g = c.geometry;
  const auto src = make_image<T>(g.src, g.channels, 1, c.seed);
  image<T> dst(g.dst.width, g.dst.height, g.channels);
  resizer(g, c.options, {device}).run(src.view(), dst.view());
  return hash_of(dst);
}

void print_case(const light_case& c, run_on device) {
  const auto& [g, o, seed] = c;
  line l("linear_light", "linear_light", g.type);
  l.sizes(g.src, g.dst).number("channels", std::uint64_t(g.channels)).number("seed", seed);
  l.text("transfer", transfer_names[int(o.linear_light)]);
  l.text("filter", name_of(o.filter)).truth("antialias", o.antialias == antialias::yes);
  l.text("coordinates", name_of(o.coordinates));
  if (g.type == element_type::u8)
    l.print(output_hash<u8>(c, device));
  else
    l.print(output_hash<u16>(c, device));
}

void print_linear_light(const computer& by) {
  for (auto type : {element_type::u8, element_type::u16})
    for (int t = 1; t <= int(transfer_function::hlg); ++t)
      for (int i = 0; i < cases_per_transfer; ++i)
        print_case(draw_case(numbers_of("linear_light", transfer_names[t], type, i), transfer_function(t), type),
                   by.device);
}

const operation entry{"linear_light", print_linear_light};

}  // namespace

}  // namespace fluxel::vectors::linear_light_vectors
