// SPDX-License-Identifier: Apache-2.0
// Variational flow of two frames of one texture: the quality levels as they are, and what they leave out.

#include "fluxel/horn_schunck.hpp"

#include "host/parity/vectors/dense_flow.hpp"

namespace fluxel::vectors::horn_schunck_vectors {

namespace {

void print_quality(parity::random r, flow_quality quality, element_type type, run_on device) {
  const int w = r.between(5, 33), h = r.between(5, 25), channels = r.pick({1, 3, 4});
  const dense_case c{.geometry = {w, h, channels, type}, .seed = r.next() >> 32};
  auto l = begin_line("horn_schunck", c.geometry);
  l.text("quality", name_of(quality));
  print_dense<horn_schunck>(l, c, horn_schunck_preset(quality), device);
}

dense_case draw_case(parity::random r, element_type type) {
  const int w = r.between(17, 48), h = r.between(13, 40), channels = r.pick({1, 3, 4});
  const int x = r.below(3), y = r.below(3);
  return {.geometry = {w, h, channels, type}, .seed = r.next() >> 32, .by = {x, y}};
}

void print_medians(parity::random r, element_type type, int radius, int passes, run_on device) {
  const auto c = draw_case(r, type);
  auto options = horn_schunck_preset(flow_quality::fast);
  options.median = {radius, passes};
  auto l = begin_line("horn_schunck", c.geometry);
  l.text("quality", name_of(flow_quality::fast)).number("median_radius", std::uint64_t(radius));
  l.number("median_passes", std::uint64_t(passes));
  print_dense<horn_schunck>(l, c, options, device);
}

void print_assessed(parity::random r, element_type type, flow_quality quality, double consistency, run_on device) {
  auto c = draw_case(r, type);
  const int masks = r.below(4);
  c.prev_mask = masks & 1;
  c.next_mask = masks & 2;
  c.assessed = true;
  auto options = horn_schunck_preset(quality);
  options.validity.consistency = consistency;
  auto l = begin_line("horn_schunck", c.geometry);
  l.text("quality", name_of(quality));
  print_dense<horn_schunck>(l, c, options, device);
}

void print_classic(parity::random r, element_type type, bool masked, run_on device) {
  auto c = draw_case(r, type);
  c.prev_mask = c.next_mask = c.assessed = masked;
  const int lambda = r.pick({1, 100, 400}), iterations = r.pick({1, 20, 101});
  auto l = begin_line("horn_schunck", c.geometry);
  l.text("model", "classic").number("lambda", std::uint64_t(lambda)).number("iterations", std::uint64_t(iterations));
  print_dense<horn_schunck>(l, c, horn_schunck_classic(lambda, iterations), device);
}

void print_horn_schunck(const computer& by) {
  constexpr element_type types[] = {element_type::u8, element_type::u16, element_type::f32};
  const auto numbers = [](const char* variant, element_type type, int index = 0) {
    return numbers_of("horn_schunck", variant, type, index);
  };
  for (auto quality : {flow_quality::fast, flow_quality::balanced, flow_quality::accurate, flow_quality::best})
    for (auto type : types)
      for (int i = 0; i < 4; ++i) print_quality(numbers(name_of(quality), type, i), quality, type, by.device);
  for (auto type : types) {
    print_medians(numbers("median", type, 0), type, 1, 1, by.device);
    print_medians(numbers("median", type, 1), type, 2, 3, by.device);
    print_assessed(numbers("validity", type, 0), type, flow_quality::fast, 0, by.device);
    print_assessed(numbers("validity", type, 1), type, flow_quality::fast, 0.5, by.device);
    print_assessed(numbers("validity", type, 2), type, flow_quality::balanced, 0.125, by.device);
    print_shared<horn_schunck>(
        "horn_schunck", type, horn_schunck_preset, [](line&, const auto&) {}, by.device);
    for (bool masked : {false, true}) print_classic(numbers("classic", type, masked), type, masked, by.device);
  }
}

const operation entry{"horn_schunck", print_horn_schunck};

}  // namespace

}  // namespace fluxel::vectors::horn_schunck_vectors
