// SPDX-License-Identifier: Apache-2.0
// Least-squares flow of two frames of one texture: box and Gaussian windows, the classic method, masks, validity.

#include "fluxel/lucas_kanade.hpp"

#include <iterator>

#include "host/parity/vectors/dense_flow.hpp"

namespace fluxel::vectors::lucas_kanade_vectors {

namespace {

struct variant {
  lucas_kanade_model model;
  flow_quality quality;  ///< of warping
  int radius;
  double sigma;
  int masks;  ///< 1 of the first frame + 2 of the second
  bool assessed;
  double consistency;
};

constexpr auto warping = lucas_kanade_model::warping, classic = lucas_kanade_model::classic;
constexpr auto fast = flow_quality::fast, balanced = flow_quality::balanced, accurate = flow_quality::accurate,
               best = flow_quality::best;

constexpr variant variants[] = {
    {warping, fast, 2, 0, 0, false, 0},      {warping, balanced, 5, 0, 0, false, 0},
    {warping, accurate, 2, 1.5, 0, true, 0}, {warping, balanced, 4, 2, 3, true, 0.5},
    {warping, fast, 1, 0, 1, true, 0.25},    {warping, balanced, 15, 0, 2, true, 0},
    {warping, best, 2, 0, 0, true, 0},       {classic, balanced, 2, 0, 0, true, 0},
    {classic, balanced, 7, 0, 3, true, 0},
};

lucas_kanade_options options_of(const variant& v) {
  auto o = v.model == classic ? lucas_kanade_classic(v.radius) : lucas_kanade_preset(v.quality);
  o.window.radius = v.radius;
  o.window.sigma = v.sigma;
  o.validity.consistency = v.consistency;
  return o;
}

void print_case(parity::random r, const variant& v, element_type type, run_on device) {
  const int w = r.between(17, 48), h = r.between(13, 40), channels = r.pick({1, 3, 4});
  const int x = r.below(3), y = r.below(3);
  const dense_case c{.geometry = {w, h, channels, type},
                     .seed = r.next() >> 32,
                     .by = {x, y},
                     .prev_mask = (v.masks & 1) != 0,
                     .next_mask = (v.masks & 2) != 0,
                     .assessed = v.assessed};
  auto l = begin_line("lucas_kanade", c.geometry);
  if (v.model == classic)
    l.text("model", "classic");
  else
    l.text("quality", name_of(v.quality));
  l.number("window_radius", std::uint64_t(v.radius));
  if (v.sigma > 0) l.real("window_sigma", v.sigma);
  print_dense<lucas_kanade>(l, c, options_of(v), device);
}

void print_lucas_kanade(const computer& by) {
  const auto window = [](line& l, const lucas_kanade_options& o) {
    l.number("window_radius", std::uint64_t(o.window.radius));
  };
  for (auto type : {element_type::u8, element_type::u16, element_type::f32}) {
    for (int i = 0; i < int(std::size(variants)); ++i)
      print_case(numbers_of("lucas_kanade", "", type, i), variants[i], type, by.device);
    print_shared<lucas_kanade>("lucas_kanade", type, lucas_kanade_preset, window, by.device);
  }
}

const operation entry{"lucas_kanade", print_lucas_kanade};

}  // namespace

}  // namespace fluxel::vectors::lucas_kanade_vectors
