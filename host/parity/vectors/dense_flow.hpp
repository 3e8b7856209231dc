// SPDX-License-Identifier: Apache-2.0
#pragma once

// A dense flow's published case: frames, masks, and the hashes of flow and validity.

#include "fluxel/flow.hpp"
#include "host/parity/vectors/flow_frames.hpp"

namespace fluxel::vectors {

/// All but the options.
struct dense_case {
  flow_geometry geometry;
  std::uint64_t seed = 0;
  motion by;
  bool prev_mask = false, next_mask = false;
  int mask_below = 1;     ///< bytes of 256 that make a mask's zeros
  bool assessed = false;  ///< validity is wanted too
};

/// Options follow these keys, and print_dense.
inline line begin_line(const char* operation, const flow_geometry& g) {
  line l(operation, operation, g.type);
  l.extent("src", {g.width, g.height}).number("channels", std::uint64_t(g.channels));
  return l;
}

template <class Solver, class Options>
void print_dense(line l, const dense_case& c, const Options& options, run_on device) {
  const size s{c.geometry.width, c.geometry.height};
  l.number("seed", c.seed);
  if (c.by.x != 1 || c.by.y != 0) l.numbers("shift", {c.by.x, c.by.y});
  if (c.prev_mask || c.next_mask) l.text("masks", !c.next_mask ? "prev" : !c.prev_mask ? "next" : "both");
  if (c.mask_below != 1) l.number("mask_below", std::uint64_t(c.mask_below));
  if (const auto& range = c.geometry.range; range.low < range.high) l.reals("range", {range.low, range.high});
  if (options.precision != 64) l.number("precision", std::uint64_t(options.precision));
  image<float> flow(s.width, s.height, 2);
  image<u8> prev_mask, next_mask, validity;
  if (c.prev_mask) prev_mask = make_mask(s, c.mask_below, c.seed + 1);
  if (c.next_mask) next_mask = make_mask(s, c.mask_below, c.seed + 2);
  if (c.assessed) validity = image<u8>(s.width, s.height);
  auto view_or_none = [](const image<u8>& im) { return im.size() == 0 ? image_view<const u8>{} : im.view(); };
  Solver solver(c.geometry, options, {device});
  with_flow_element(c.geometry.type, [&]<class T>(T) {
    const auto [prev, next] = make_frames<T>(s, c.geometry.channels, c.by, c.seed);
    solver.run({prev, next, view_or_none(prev_mask), view_or_none(next_mask)},
               {flow, c.assessed ? validity.view() : image_view<u8>{}});
  });
  if (c.assessed) l.real("consistency", options.validity.consistency).hash("validity_hash", hash_of(validity));
  l.print(hash_of(flow));
}

/// What either method has: a range of values, frames of which little is known, vectors in 1/256 px. The lines have
/// the keys of `keyed` too.
template <class Solver, class Preset, class Keyed>
void print_shared(const char* operation, element_type type, const Preset& preset, const Keyed& keyed, run_on device) {
  constexpr const char* variants[] = {"range", "holes", "fine"};
  for (int i = 0; i < 3; ++i) {
    auto r = numbers_of(operation, variants[i], type, 0);
    const int w = r.between(25, 48), h = r.between(17, 40), channels = r.pick({1, 3, 4});
    const int x = r.below(3), y = r.below(3);
    dense_case c{.geometry = {w, h, channels, type}, .seed = r.next() >> 32, .by = {x, y}, .assessed = true};
    const auto quality = r.pick({flow_quality::fast, flow_quality::balanced, flow_quality::accurate});
    auto options = preset(quality);
    if (i == 0) c.geometry.range = range_of(type);
    if (i == 1) {
      c.prev_mask = c.next_mask = true;
      c.mask_below = r.pick({180, 230});
    }
    if (i == 2) options.precision = 256;
    auto l = begin_line(operation, c.geometry);
    l.text("quality", name_of(quality));
    keyed(l, options);
    print_dense<Solver>(l, c, options, device);
  }
}

}  // namespace fluxel::vectors
