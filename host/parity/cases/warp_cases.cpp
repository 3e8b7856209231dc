// SPDX-License-Identifier: Apache-2.0
// Warps: any floats as a flow, and vectors of some pixels.

#include <algorithm>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <string>

#include "host/parity/suite/case.hpp"
#include "host/parity/suite/tensor.hpp"

namespace fluxel::parity::warp_cases {

namespace {

tensor draw_flow_of(random& r, const size& s, int count) {
  const bool planar = r.one_in(2);
  tensor t = make_tensor(r, element_type::f32, {s.width, s.height, planar ? 1 : 2, planar ? 2 : 1, count});
  draw_pixels(r, t);
  if (r.one_in(4)) return t;              // any floats
  const int unit = r.pick({1, 64, 256});  // whole pixels, fractions, positions on the grid
  const bool alike = r.one_in(3);         // most neighbours stay neighbours
  const int base = r.between(-7, 7) * unit;
  for (std::size_t i = 0; i < t.pixels.size(); i += sizeof(float)) {
    const int near = base + r.between(0, unit * 3 / 4) + (r.one_in(10) ? r.between(-5, 5) * unit : 0);
    const float v = static_cast<float>(alike ? near : r.between(-2000, 2000)) / static_cast<float>(unit);
    if (!r.one_in(50)) std::memcpy(t.pixels.data() + i, &v, sizeof v);
  }
  return t;
}

}  // namespace

static test_case make_warp_case(random& r, const limits& limit) {
  test_case c;
  const element_type type = draw_type(r);
  const int channels = draw_channels(r), planes = r.pick({1, 1, 3}), count = r.pick({1, 1, 2});
  const limits small{limit.max_side, std::min(limit.max_elements, 20000) / (planes * count)};
  const size src = draw_size(r, small, channels), dst = r.one_in(2) ? src : draw_size(r, small, channels);
  const int bits = type == element_type::u16 ? r.pick({10, 12, 16}) : 16;
  c.in = {make_tensor(r, type, {src.width, src.height, channels, planes, count}), draw_flow_of(r, dst, count)};
  draw_pixels(r, c.in[0], bits);
  c.out = {make_tensor(r, type, {dst.width, dst.height, channels, planes, count})};
  const float per_pixel = r.pick({256.0f, -256.0f, 128.0f, 85.3f, 256e6f, 0.0f});
  const float per_pixel_y = r.one_in(2) ? per_pixel : r.pick({128.0f, -300.0f});
  const bool bicubic = r.one_in(2);
  c.description = std::string(bicubic ? "bicubic " : "bilinear ") + std::to_string(per_pixel) + " " +
                  std::to_string(per_pixel_y) + " " + describe(c.in[0]) + " by " + describe(c.in[1]);
  c.invoke = [=](const call& k) {
    const kernels::warp_job job{k.in[0], components(k.in[1]), k.out[0], per_pixel, per_pixel_y,
                                bicubic, (1 << bits) - 1};
    return k.row.warp.warp(job, type, k.launch);
  };
  return c;
}

static test_case make_splat_case(random& r, const limits& limit) {
  test_case c;
  const element_type type = draw_type(r);
  const int channels = draw_channels(r), planes = r.pick({1, 1, 3}), count = r.pick({1, 1, 2});
  const limits small{limit.max_side, std::min(limit.max_elements, 20000) / (planes * count)};
  const size s = draw_size(r, small, channels);
  const shape pixels{s.width, s.height, channels, planes, count}, bytes{s.width, s.height, 1, 1, count};
  c.in = {make_tensor(r, type, pixels), draw_flow_of(r, s, count), make_tensor(r, element_type::u8, bytes)};
  draw_pixels(r, c.in[0]);
  draw_pixels(r, c.in[2]);
  c.out = {make_tensor(r, type, pixels), make_tensor(r, element_type::u8, bytes),
           make_tensor(r, element::raw, 8, {s.width * s.height * count})};
  const float per_pixel = r.pick({256.0f, -256.0f, 128.0f, 1000.0f, 0.0f});
  const bool has_priority = r.one_in(2);
  c.description = std::string(has_priority ? "priority " : "") + std::to_string(per_pixel) + " " + describe(c.in[0]) +
                  " by " + describe(c.in[1]);
  c.invoke = [=](const call& k) {
    auto* winners = static_cast<kernels::splat_winner*>(k.out[2].data);
    const kernels::splat_claims claims{components(k.in[1]), has_priority ? k.in[2] : kernels::image{}, per_pixel,
                                       per_pixel, winners};
    if (const auto s = k.row.warp.claim(claims, k.launch); s != kernels::status::ok) return s;
    return k.row.warp.show({k.in[0], winners, k.out[0], k.out[1]}, element_size(type), k.launch);
  };
  return c;
}

static test_case make_blend_case(random& r, const limits& limit) {
  test_case c;
  const element_type type = draw_type(r);
  const int channels = draw_channels(r), planes = r.pick({1, 1, 3}), count = r.pick({1, 1, 2});
  const limits small{limit.max_side, std::min(limit.max_elements, 20000) / (planes * count)};
  const size s = draw_size(r, small, channels);
  const shape pixels{s.width, s.height, channels, planes, count};
  const int zeros = type == element_type::u16 ? r.pick({0, 0, 4, 6}) : 0;
  c.in = {make_tensor(r, type, pixels), make_tensor(r, type, pixels),
          make_tensor(r, element_type::u8, {s.width, s.height, 1, 1, count})};
  draw_pixels(r, c.in[0], 16 - zeros, zeros);
  draw_pixels(r, c.in[1], 16 - zeros, zeros);
  draw_pixels(r, c.in[2]);
  c.out = {make_tensor(r, type, pixels)};
  c.description = std::to_string(zeros) + " zeros " + describe(c.in[0]);
  c.invoke = [=](const call& k) {
    return k.row.warp.blend({k.in[0], k.in[1], k.in[2], k.out[0], zeros}, type, k.launch);
  };
  return c;
}

/// Agreement of both flows, their splats, and what lies between.
static test_case make_between_case(random& r, const limits& limit) {
  test_case c;
  const int count = r.pick({1, 1, 2});
  const limits small{limit.max_side, std::min(limit.max_elements, 6000) / count};
  const size s = draw_size(r, small, 2);
  const shape grey{s.width, s.height, 1, 1, count};
  const shape cells{kernels::cells_of(s.width), kernels::cells_of(s.height), 1, 1, count};
  c.in = {make_tensor(r, element_type::u16, grey), make_tensor(r, element_type::u16, grey), draw_flow_of(r, s, count),
          draw_flow_of(r, s, count)};
  draw_pixels(r, c.in[0], 12);
  draw_pixels(r, c.in[1], 12);
  c.in.push_back(make_tensor(r, element_type::u8, {count}));
  draw_pixels(r, c.in[4]);
  for (int i = 0; i < 2; ++i) c.in.push_back(draw_flow_of(r, s, count));
  c.in.push_back(make_tensor(r, element_type::f32, {count}));
  draw_pixels(r, c.in[7]);
  for (std::size_t i = 0; i < c.in[7].pixels.size(); i += sizeof(float)) {
    const float score = r.pick({0.0f, 0.5f, 2.0f});
    std::memcpy(c.in[7].pixels.data() + i, &score, sizeof score);
  }
  const bool has_means = r.one_in(3), has_scores = r.one_in(2), has_before = !r.one_in(3), has_after = !r.one_in(3);
  const int ratio = r.pick({256, 64, 1024, 170});
  c.out = {make_tensor(r, element_type::u8, grey), make_tensor(r, element_type::u8, grey),
           make_tensor(r, element_type::f32, {cells.width, cells.height, 4, 1, count}),
           make_tensor(r, element_type::u8, cells), make_tensor(r, element_type::u8, cells)};
  for (int i = 0; i < 2; ++i) c.out.push_back(make_tensor(r, element::raw, 8, {s.width * s.height * count}));
  const int moment = r.pick({128, 0, 256, 1, 85, 255});
  c.description = "moment " + std::to_string(moment) + " " + describe(c.in[2]) + " and " + describe(c.in[3]);
  c.invoke = [=](const call& k) {
    const kernels::flow_images forward = components(k.in[2]), back = components(k.in[3]);
    auto *from_prev = static_cast<kernels::splat_winner*>(k.out[5].data),
         *from_next = static_cast<kernels::splat_winner*>(k.out[6].data);
    const auto& w = k.row.warp;
    kernels::between_job job{.prev = k.in[0],
                             .next = k.in[1],
                             .forward = forward,
                             .back = back,
                             .from_prev = from_prev,
                             .from_next = from_next,
                             .moment = moment,
                             .cells = {k.out[2], k.out[3], k.out[4]}};
    if (has_means) {
      const auto* mean = static_cast<const u8*>(k.in[4].data);
      const auto* score = has_scores ? static_cast<const float*>(k.in[7].data) : nullptr;
      job.likeness = {mean, mean, score, score};
      job.cut = {.least_agreement = 128, .least_agreement_by_score = 384};
    }
    if (has_before) job.before = {.flow = components(k.in[5]), .ratio = ratio};
    if (has_after) job.after = {.flow = components(k.in[6]), .ratio = ratio};
    if (has_means && has_after) job.after.likeness = job.likeness;
    const float prev_share = static_cast<float>(moment), next_share = static_cast<float>(256 - moment);
    for (const auto& step : std::initializer_list<std::function<kernels::status()>>{
             [&] { return w.agreement(k.in[0], k.in[1], forward, k.out[0], k.launch); },
             [&] { return w.agreement(k.in[1], k.in[0], back, k.out[1], k.launch); },
             [&] {
               return w.claim({forward, k.out[0], prev_share, prev_share, from_prev}, k.launch);
             },
             [&] {
               return w.claim({back, k.out[1], next_share, next_share, from_next}, k.launch);
             },
             [&] { return w.between(job, k.launch); }})
      if (const auto s = step(); s != kernels::status::ok) return s;
    return kernels::status::ok;
  };
  return c;
}

/// What paths show: alike or not, known or not.
static test_case make_overlap_case(random& r, const limits& limit) {
  test_case c;
  const element_type type = draw_type(r);
  const int channels = r.pick({1, 1, 2, 3, 4}), count = r.pick({1, 1, 2});
  const limits small{limit.max_side, std::min(limit.max_elements, 20000) / count};
  const size s = draw_size(r, small, channels);
  const size measured{r.between(1, s.width), r.between(1, s.height)};
  const shape cells{kernels::cells_of(measured.width), kernels::cells_of(measured.height), 1, 1, count};
  const int zeros = type == element_type::u16 ? r.pick({0, 0, 4, 6}) : 0;
  const int bits = type == element_type::u16 && zeros == 0 ? r.pick({16, 12, 10}) : 16;
  const shape pixels{s.width, s.height, channels, 1, count};
  c.in = {make_tensor(r, type, pixels), make_tensor(r, type, pixels),
          make_tensor(r, element_type::f32, {cells.width, cells.height, 4, 1, count}),
          make_tensor(r, element_type::u8, cells), make_tensor(r, element_type::u8, cells)};
  for (int i = 0; i < 2; ++i) draw_pixels(r, c.in[i], zeros == 0 ? bits : 16 - zeros, zeros);
  for (int i = 2; i < 5; ++i) draw_pixels(r, c.in[i]);
  const float apart = r.pick({0.0f, 0.5f, 1.0f, 40.0f});
  const bool any_floats = r.one_in(4);
  for (std::size_t i = 0; i < c.in[2].pixels.size() && !any_floats; i += sizeof(float)) {
    const float v = (r.one_in(20) ? 10.0f : 1.0f) * apart * static_cast<float>(r.between(-256, 256)) / 256.0f;
    if (!r.one_in(200)) std::memcpy(c.in[2].pixels.data() + i, &v, sizeof v);
  }
  c.out = {make_tensor(r, type, pixels)};
  const float per_pixel_x = r.pick({256.0f, 128.0f, 768.0f, 85.3f}), per_pixel_y = r.pick({256.0f, 700.5f});
  c.description = std::to_string(apart) + " apart, " + std::to_string(measured.width) + " x " +
                  std::to_string(measured.height) + " measured, " + describe(c.in[0]);
  c.invoke = [=](const call& k) {
    return k.row.warp.overlap({.prev = k.in[0],
                               .next = k.in[1],
                               .cells = {k.in[2], k.in[3], k.in[4]},
                               .flow_width = measured.width,
                               .flow_height = measured.height,
                               .per_pixel_x = per_pixel_x,
                               .per_pixel_y = per_pixel_y,
                               .dst = k.out[0],
                               .largest = zeros == 0 ? (1 << bits) - 1 : 65535,
                               .low_zero_bits = zeros},
                              type, k.launch);
  };
  return c;
}

static bool has_warp(const kernels::backend_table& row) { return row.warp.warp != nullptr; }

static const registered_operations cases{{
    {"warp", "warp", make_warp_case, has_warp},
    {"splat", "splat", make_splat_case, has_warp},
    {"blend", "blend", make_blend_case, has_warp},
    {"interpolation.between", "interpolation", make_between_case, has_warp},
    {"interpolation.overlap", "interpolation", make_overlap_case, has_warp},
}};

}  // namespace fluxel::parity::warp_cases
