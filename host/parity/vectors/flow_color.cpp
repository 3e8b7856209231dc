// SPDX-License-Identifier: Apache-2.0
// Flow in colors, and the lengths of its vectors.

#include "fluxel/flow_color.hpp"

#include "host/parity/vectors/case.hpp"

namespace fluxel::vectors::flow_color_vectors {

namespace {

constexpr int cases = 12;
constexpr double full_lengths[] = {1, 0.5, 1.5, 0.01};

void print_case(parity::random r, int index, const computer& by) {
  const size s{r.between(1, 40), r.between(1, 30)};
  const int planes = r.between(1, 2);
  const std::uint64_t seed = r.next() >> 32;
  const double full_length = full_lengths[index % 4];
  auto flow = make_image<f32>(s, 3 - planes, planes, seed);
  image<u8> colors(s.width, s.height, 3);
  std::vector<flow_lengths> lengths(1);
  const placement where{.processor = by.device};
  draw_flow(flow.view(), colors.view(), {.full_length = full_length}, where);
  measure_flow_lengths(flow.view(), lengths, where);
  line l("flow_color", "flow_color", element_type::f32);
  l.extent("src", s).number("planes", std::uint64_t(planes)).number("seed", seed);
  l.real("full_length", full_length).hash("lengths_hash", hash_list(lengths));
  l.print(hash_of(colors));
}

void print_flow_color(const computer& by) {
  for (int i = 0; i < cases; ++i) print_case(numbers_of("flow_color", "", element_type::f32, i), i, by);
}

const operation entry{"flow_color", print_flow_color};

}  // namespace

}  // namespace fluxel::vectors::flow_color_vectors
