// SPDX-License-Identifier: Apache-2.0
// The steps of dense flow that run once per pixel and solve, and those with a public function of their own.

#include <algorithm>
#include <string>

#include "fluxel/flow_steps.hpp"
#include "fluxel/resize.hpp"
#include "host/parity/cases/object_calls.hpp"
#include "host/parity/cases/plane_case.hpp"
#include "host/parity/suite/case.hpp"
#include "host/parity/suite/tensor.hpp"

namespace fluxel::parity::flow_step_cases {

namespace {

using flow_steps::i16;

/// The caller's side of a view on the row of the case.
class views_of {
 public:
  explicit views_of(const call& k)
      : k_(k), memory_(&k.row == kernels::cuda() ? memory_kind::device : memory_kind::host) {}
  template <class T>
  image_view<T> in(int i) const {
    return view<T>(k_.in[i]);
  }
  template <class T>
  image_view<T> out(int i) const {
    return view<T>(k_.out[i]);
  }
  placement where() const { return {.threads = k_.launch.threads}; }
  stream_ref stream() const { return stream_ref(k_.launch.stream); }

 private:
  template <class T>
  image_view<T> view(const kernels::image& im) const {
    return {.data = static_cast<T*>(im.data),
            .width = im.width,
            .height = im.height,
            .pitch = im.pitch,
            .memory = memory_};
  }
  const call& k_;
  memory_kind memory_;
};

/// The public functions choose a row by memory; the scalar row is the CPU's on its scalar target.
template <class F>
kernels::status on_row(const call& k, const F& f) {
  const std::string before = cpu_target();
  if (&k.row == &kernels::scalar()) kernels::force_cpu_target("scalar");
  f(views_of(k));
  if (&k.row == &kernels::scalar()) kernels::force_cpu_target(before);
  return kernels::status::ok;
}

}  // namespace

static test_case make_flow_warp_case(random& r, const limits& limit) {
  auto p = start_plane_case(r, limit, "warp");
  p.input(element::u16, 2, 12);
  p.input(element::u16, 2, 12);
  for (int i = 0; i < 2; ++i) p.input(element::raw, 2);  // any vector
  const int shift = r.pick({0, 4, 6});                   // most of them inside the frame
  for (int i = 2; i < 4; ++i) {
    auto* units = reinterpret_cast<std::int16_t*>(p.c.in[i].pixels.data());
    for (std::size_t k = 0; k < p.c.in[i].pixels.size() / 2; ++k)
      units[k] = static_cast<std::int16_t>(units[k] >> shift);
  }
  p.output(element::raw, 2);
  p.output(element::u8, 1);
  for (int i = 0; i < 2; ++i) {  // intensities end at 4080
    auto* grey = reinterpret_cast<u16*>(p.c.in[i].pixels.data());
    for (std::size_t k = 0; k < p.c.in[i].pixels.size() / 2; ++k) grey[k] = std::min<u16>(grey[k], 4080);
  }
  p.c.invoke = [](const call& k) {
    return on_row(k, [](const views_of& v) {
      flow_steps::warp(v.in<const u16>(0), v.in<const u16>(1), {v.in<const i16>(2), v.in<const i16>(3)},
                       v.out<i16>(0), v.out<u8>(1), v.where(), v.stream());
    });
  };
  return p.c;
}

static test_case make_flow_slopes_case(random& r, const limits& limit) {
  auto p = start_plane_case(r, limit, "derivatives");
  for (int i = 0; i < 2; ++i) p.input(element::u16, 2, 12);
  for (int i = 0; i < 8; ++i) p.output(element::raw, 2);
  p.c.invoke = [](const call& k) {
    return on_row(k, [](const views_of& v) {
      auto to = [&](int i) { return v.out<i16>(i); };
      flow_steps::derivatives(v.in<const u16>(0), v.in<const i16>(1),
                              {to(0), to(1), to(2), to(3), to(4), to(5), to(6), to(7)}, v.where(), v.stream());
    });
  };
  return p.c;
}

static test_case make_flow_median_case(random& r, const limits& limit) {
  const int radius = r.pick({1, 2, 3});
  auto p = start_plane_case(r, limit, ("median " + std::to_string(radius)).c_str());
  for (int i = 0; i < 2; ++i) {
    p.input(element::raw, 2);
    p.output(element::raw, 2);
  }
  p.c.invoke = [radius](const call& k) {
    return on_row(k, [&](const views_of& v) {
      flow_steps::median({v.in<const i16>(0), v.in<const i16>(1)}, {v.out<i16>(0), v.out<i16>(1)}, radius, v.where(),
                         v.stream());
    });
  };
  return p.c;
}

static test_case make_flow_enlarge_case(random& r, const limits& limit) {
  auto p = start_plane_case(r, limit, "upscale");
  for (int i = 0; i < 2; ++i) p.input(element::raw, 2);
  const size coarse = p.s;
  p.s = {coarse.width * 2 - r.below(coarse.width), coarse.height * 2 - r.below(coarse.height)};
  for (int i = 0; i < 2; ++i) p.output(element::raw, 2);
  p.c.invoke = [](const call& k) {
    return on_row(k, [](const views_of& v) {
      flow_steps::upscale_flow({v.in<const i16>(0), v.in<const i16>(1)}, {v.out<i16>(0), v.out<i16>(1)}, v.where(),
                               v.stream());
    });
  };
  return p.c;
}

static test_case make_flow_check_case(random& r, const limits& limit) {
  auto p = start_plane_case(r, limit, "forward-backward check");
  const int shift = r.pick({4, 7});
  for (int i = 0; i < 4; ++i) {
    p.input(element::raw, 2);
    auto* units = reinterpret_cast<std::int16_t*>(p.c.in[i].pixels.data());
    for (std::size_t k = 0; k < p.c.in[i].pixels.size() / 2; ++k)
      units[k] = static_cast<std::int16_t>(units[k] >> shift);
  }
  p.output(element::u8, 1);
  const double distance = r.pick({0.0, 1.5, 40.0});
  p.c.invoke = [distance](const call& k) {
    return on_row(k, [&](const views_of& v) {
      flow_steps::check_forward_backward({v.in<const i16>(0), v.in<const i16>(1)},
                                         {v.in<const i16>(2), v.in<const i16>(3)}, distance, v.out<u8>(0), v.where(),
                                         v.stream());
    });
  };
  return p.c;
}

namespace {

/// A frame of any layout, and every level of its pyramid.
template <class T>
void run_pyramid(const call& k, const flow_geometry& geometry, const flow_pyramid_options& options, bool masked) {
  const bool cuda = &k.row == kernels::cuda();
  const memory_kind memory = cuda ? memory_kind::device : memory_kind::host;
  auto view = [&]<class Element>(const kernels::image& im, Element*) { return view_of<Element>(im, memory); };
  flow_steps::image_pyramid pyramid(geometry, options,
                                    {.processor = cuda ? run_on::cuda : run_on::cpu, .threads = k.launch.threads});
  const stream_ref stream(k.launch.stream);
  pyramid.run(view(k.in[0], static_cast<const T*>(nullptr)),
              masked ? view(k.in[1], static_cast<const u8*>(nullptr)) : image_view<const u8>{}, stream);
  for (int l = 0; l < pyramid.levels(); ++l)  // equal sizes: a copy
    resize_nearest(pyramid.grey(l), view(k.out[l], static_cast<u16*>(nullptr)), {}, {.threads = k.launch.threads},
                   stream);
  if (cuda) k.row.memory.synchronize(k.launch.stream);  // the object must outlive its work
}

}  // namespace

static test_case make_image_pyramid_case(random& r, const limits& limit) {
  test_case c;
  const limits small{std::min(limit.max_side, 700), std::min(limit.max_elements, 20000)};
  const int channels = r.pick({1, 1, 1, 3, 4});
  const size s = draw_size(r, small, channels);
  flow_geometry geometry{s.width, s.height, channels,
                         r.pick({element_type::u8, element_type::u8, element_type::u16, element_type::f32}),
                         s.width * s.height < 3000 ? r.pick({1, 1, 3}) : 1};
  geometry.bit_depth = r.pick({10, 16});
  const flow_pyramid_options options{.presmoothing = r.pick({0.0, 0.0, 0.6, 0.3, 1.2, 3.0}),
                                     .factor = r.pick({0.5, 0.5, 0.7, 0.9, 0.3}),
                                     .coarsest_side = r.pick({4, 16}),
                                     .max_levels = r.pick({1, 2, 5, 64})};
  const bool masked = r.one_in(4);
  c.in.push_back(make_tensor(r, geometry.type, {s.width, s.height, channels, 1, geometry.count}));
  draw_pixels(r, c.in.back(), geometry.type == element_type::u16 ? geometry.bit_depth : 0);
  if (masked) {
    c.in.push_back(make_tensor(r, element_type::u8, {s.width, s.height, 1, 1, geometry.count}));
    draw_pixels(r, c.in.back(), 1);
  }
  const flow_steps::image_pyramid levels(geometry, options, {.processor = run_on::cpu});
  for (int l = 0; l < levels.levels(); ++l)
    c.out.push_back(make_tensor(r, element_type::u16,
                                {levels.level_size(l).width, levels.level_size(l).height, 1, 1, geometry.count}));
  c.description = "levels " + std::to_string(levels.levels()) + " factor " + std::to_string(options.factor) +
                  " presmoothing " + std::to_string(options.presmoothing) + (masked ? " masked " : " ") +
                  describe(c.in[0]);
  c.invoke = [=](const call& k) {
    const scalar_formulas scalar(&k.row == &kernels::scalar());
    if (geometry.type == element_type::u8)
      run_pyramid<u8>(k, geometry, options, masked);
    else if (geometry.type == element_type::u16)
      run_pyramid<u16>(k, geometry, options, masked);
    else
      run_pyramid<f32>(k, geometry, options, masked);
    return kernels::status::ok;
  };
  return c;
}

namespace {}  // namespace

static bool has_flow(const kernels::backend_table& row) { return row.flow.relax != nullptr; }

static const registered_operations cases{{
    {"flow_steps.warp", "horn_schunck", make_flow_warp_case, has_flow},
    {"flow_steps.slopes", "horn_schunck", make_flow_slopes_case, has_flow},
    {"flow_steps.median", "horn_schunck", make_flow_median_case, has_flow},
    {"flow_steps.enlarge", "horn_schunck", make_flow_enlarge_case, has_flow},
    {"flow_steps.check_forward_backward", "horn_schunck", make_flow_check_case, has_flow},
    {"flow_steps.image_pyramid", "horn_schunck", make_image_pyramid_case, has_flow},
}};

}  // namespace fluxel::parity::flow_step_cases
