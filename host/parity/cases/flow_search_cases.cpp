// SPDX-License-Identifier: Apache-2.0
// The steps of the search for large motion.

#include <algorithm>
#include <string>

#include "fluxel/flow_steps.hpp"
#include "host/parity/cases/object_calls.hpp"
#include "host/parity/cases/plane_case.hpp"

namespace fluxel::parity::flow_search_cases {

using flow_steps::i16;

/// Block matching of two frames' detail, steps inside the solvers: by the backends' tables.
static test_case make_match_blocks_case(random& r, const limits& limit) {
  const limits small{std::min(limit.max_side, 90), std::min(limit.max_elements, 1500)};
  plane_case p{r, draw_size(r, small, 1), {}};
  const int radius = r.pick({1, 3, 8, 20});
  p.c.description =
      "radius " + std::to_string(radius) + " " + std::to_string(p.s.width) + "x" + std::to_string(p.s.height);
  for (int i = 0; i < 2; ++i) p.input(element::u16, 2, 12);
  const int levels = r.pick({2, 4, 4080});  // of grey: few of them make ties
  for (int i = 0; i < 2; ++i) {
    auto* grey = reinterpret_cast<u16*>(p.c.in[i].pixels.data());
    for (std::size_t k = 0; k < p.c.in[i].pixels.size() / 2; ++k)
      grey[k] = static_cast<u16>(grey[k] % levels * (4080 / levels));
  }
  for (int i = 0; i < 4; ++i) p.output(element::raw, 2);
  p.output(element::raw, 16);  // the keys, two for each pixel, cleared again
  for (int i = 0; i < 2; ++i) p.output(element::u8, 1);
  p.c.invoke = [radius](const call& k) {
    auto flow = [&](int i) { return kernels::flow_planes{plane_of<i16>(k.out[i]), plane_of<i16>(k.out[i + 1])}; };
    auto keys = plane_of<std::uint64_t>(k.out[4]);
    keys.width *= 2;
    auto done = kernels::status::ok;
    for (int i = 0; i < 2 && done == kernels::status::ok; ++i)
      done = k.row.flow.detail(plane_of<const u16>(k.in[i]), plane_of<u8>(k.out[5 + i]), k.launch);
    if (done != kernels::status::ok) return done;
    done = k.row.flow.match_blocks(plane_of<const u8>(k.out[5]), plane_of<const u8>(k.out[6]), radius, keys, flow(0),
                                   flow(2), k.launch);
    for (int y = 0; y < keys.height && done == kernels::status::ok; ++y)
      k.row.memory.clear(keys.data + y * keys.pitch, sizeof(std::uint64_t) * std::size_t(keys.width),
                         k.launch.stream);
    return done;
  };
  return p.c;
}

/// The choice between two flows: frames that differ by little or much, and pixels that one does not know.
static test_case make_choose_flow_case(random& r, const limits& limit) {
  auto p = start_plane_case(r, limit, "choose");
  enum { prev, by_flow, by_other, flow_reason, other_reason, other_u, other_v, flow_u, flow_v };
  for (int i = prev; i <= by_other; ++i) p.input(element::raw, 2);
  for (int i = flow_reason; i <= other_reason; ++i) p.input(element::u8, 1);
  for (int i = other_u; i <= flow_v; ++i) p.input(element::raw, 2);
  auto* grey = reinterpret_cast<std::int16_t*>(p.c.in[prev].pixels.data());
  for (const int i : {prev, by_flow, by_other}) {
    auto* to = reinterpret_cast<std::int16_t*>(p.c.in[i].pixels.data());
    const int most = i == prev ? 4080 : r.pick({16, 200, 600, 5000});  // of the differences
    for (std::size_t k = 0; k < p.c.in[i].pixels.size() / 2; ++k) {
      const int drawn = static_cast<std::uint16_t>(to[k]) % (most + 1);
      to[k] = static_cast<std::int16_t>(i == prev ? drawn : std::clamp(grey[k] + drawn - most / 2, -1300, 5375));
    }
  }
  for (const int i : {flow_reason, other_reason}) {
    const int rare = r.pick({1, 8, 255});
    for (auto& reason : p.c.in[i].pixels)
      reason =
          std::byte(std::to_integer<int>(reason) % rare == 0 && rare < 255 ? std::to_integer<int>(reason) % 3 : 0);
  }
  p.output(element::u8, 1);
  for (int i = 0; i < 2; ++i) p.output(element::raw, 2);
  p.output(element::u8, 1);
  p.c.invoke = [](const call& k) {
    const auto& f = k.row.flow;
    auto flow = [](const auto& images, int i) {
      return kernels::flow_planes{plane_of<i16>(images[i]), plane_of<i16>(images[i + 1])};
    };
    const kernels::flow_frames frames{plane_of<const u16>(k.in[prev]), plane_of<const u16>(k.in[prev]), {}, {}};
    const kernels::warped_frame flow_warped{plane_of<i16>(k.in[by_flow]), plane_of<u8>(k.in[flow_reason])};
    const kernels::warped_frame other_warped{plane_of<i16>(k.in[by_other]), plane_of<u8>(k.in[other_reason])};
    const auto copied = f.downscale_flow(flow(k.in, flow_u), flow(k.out, 1), k.launch);
    if (copied != kernels::status::ok) return copied;
    return f.choose_flow(frames, flow_warped, other_warped, plane_of<u8>(k.out[0]), flow(k.in, other_u),
                         flow(k.out, 1), plane_of<u8>(k.out[3]), k.launch);
  };
  return p.c;
}

/// Vectors that spread: few different ones, in patches, some of them absent, to frames that one of them may fit;
/// cells that are marked, or not; a coarser level's vectors.
static test_case make_spread_flow_case(random& r, const limits& limit) {
  auto p = start_plane_case(r, limit, "spread");
  enum { prev, next, u, v, taken, prev_mask, next_mask };
  const int width = p.s.width, height = p.s.height;
  const bool fills = r.pick({0, 1}) != 0, coarse = !fills && r.pick({0, 1}) != 0, masked = r.pick({0, 0, 1}) != 0;
  const bool regions = r.pick({0, 1}) != 0;
  const int distance = r.pick({1, 2, 3, 4});
  p.c.description += " distance " + std::to_string(distance) + (fills ? " fills" : "") + (coarse ? " coarse" : "") +
                     (masked ? " masked" : "") + (regions ? " regions" : "");
  for (int i = prev; i <= next; ++i) p.input(element::u16, 2, 12);
  for (int i = u; i <= v; ++i) p.input(element::raw, 2);
  for (int i = taken; i <= next_mask; ++i) p.input(element::u8, 1);
  auto grey = [&](int i) { return reinterpret_cast<u16*>(p.c.in[i].pixels.data()); };
  const int shift = r.below(4);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const int at = y * width + x;
      grey(prev)[at] %= 4081;
      grey(next)[at] = grey(prev)[y * width + std::max(0, x - shift)];
      const int patch = (y / 3 * 31 + x / 5 * 17 + shift) % 7;
      const bool absent = fills && patch < 3;
      reinterpret_cast<i16*>(p.c.in[u].pixels.data())[at] = absent ? kernels::no_vector
                                                                   : static_cast<i16>(patch == 4   ? shift * 64
                                                                                      : patch == 5 ? 32767
                                                                                                   : patch * 40 - 90);
      reinterpret_cast<i16*>(p.c.in[v].pixels.data())[at] = absent ? kernels::no_vector
                                                                   : static_cast<i16>(patch == 4   ? 0
                                                                                      : patch == 6 ? -32767
                                                                                                   : 50 - patch * 30);
      for (const int i : {taken, prev_mask, next_mask}) {
        auto& mark = p.c.in[i].pixels[static_cast<std::size_t>(at)];
        mark = std::byte(std::to_integer<int>(mark) % (i == taken ? 64 : 9) == 0);
      }
    }
  for (int i = 0; i < 2; ++i) p.output(element::raw, 2);
  p.output(element::u8, 1);  // whose first cells are the marked regions
  p.c.invoke = [=](const call& k) {
    const auto& f = k.row.flow;
    auto cells = plane_of<u8>(k.out[2]);
    auto done = kernels::status::ok;
    for (int y = 0; y < cells.height && done == kernels::status::ok; ++y)
      done = k.row.memory.clear(cells.data + y * cells.pitch, static_cast<std::size_t>(cells.width), k.launch.stream);
    cells.width = (cells.width + kernels::region_cell - 1) / kernels::region_cell;
    cells.height = (cells.height + kernels::region_cell - 1) / kernels::region_cell;
    if (done == kernels::status::ok) done = f.mark_regions(plane_of<const u8>(k.in[taken]), cells, k.launch);
    if (done != kernels::status::ok) return done;
    kernels::flow_frames frames{plane_of<const u16>(k.in[prev]), plane_of<const u16>(k.in[next]), {}, {}};
    if (masked) frames.prev_mask = plane_of<const u8>(k.in[prev_mask]);
    if (masked) frames.next_mask = plane_of<const u8>(k.in[next_mask]);
    const kernels::flow_planes from{plane_of<i16>(k.in[u]), plane_of<i16>(k.in[v])};
    kernels::flow_spread how{.distance = distance, .fills = fills};
    if (regions) how.regions = cells;
    if (coarse) {  // the upper left part stands for a coarser level
      how.coarse = from;
      for (auto* plane : {&how.coarse.u, &how.coarse.v})
        plane->width = (plane->width + 1) / 2, plane->height = (plane->height * 2 + 2) / 3;
    }
    return f.spread_flow(frames, how, from, {plane_of<i16>(k.out[0]), plane_of<i16>(k.out[1])}, k.launch);
  };
  return p.c;
}

static bool has_flow(const kernels::backend_table& row) { return row.flow.relax != nullptr; }

static const registered_operations cases{{
    {"flow_steps.match_blocks", "horn_schunck", make_match_blocks_case, has_flow},
    {"flow_steps.choose_flow", "horn_schunck", make_choose_flow_case, has_flow},
    {"flow_steps.spread_flow", "horn_schunck", make_spread_flow_case, has_flow},
}};

}  // namespace fluxel::parity::flow_search_cases
