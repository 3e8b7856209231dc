// SPDX-License-Identifier: Apache-2.0
#pragma once

// A dense flow's published case: frames, masks, and the hashes of flow and validity.

#include "fluxel/flow.hpp"
#include "parity/vectors/flow_frames.hpp"

namespace fluxel::vectors {

/// All but the options.
struct dense_case {
  flow_geometry geometry;
  std::uint64_t seed = 0;
  motion by;
  bool prev_mask = false, next_mask = false;
  bool assessed = false;  ///< validity is wanted too
};

inline constexpr int unknown_below = 1;  ///< bytes of 256 that make a mask's zeros

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
  image<float> flow(s.width, s.height, 2);
  image<u8> prev_mask, next_mask, validity;
  if (c.prev_mask) prev_mask = make_mask(s, unknown_below, c.seed + 1);
  if (c.next_mask) next_mask = make_mask(s, unknown_below, c.seed + 2);
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

}  // namespace fluxel::vectors
