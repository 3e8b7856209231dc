// SPDX-License-Identifier: Apache-2.0
// The steps of dense flow that run once per pixel and solve, and those with a public function of their own.

#include <algorithm>
#include <string>

#include "fluxel/flow_steps.hpp"
#include "tests/parity/operations.hpp"
#include "tests/parity/tensor.hpp"

namespace fluxel::parity {

namespace {

using flow_steps::i16;

/// A case of single planes of one size.
struct plane_case {
  random& r;
  size s;
  test_case c;

  void input(element kind, int bytes, int bits = 0) {
    c.in.push_back(make_tensor(r, kind, bytes, {s.width, s.height}));
    draw_pixels(r, c.in.back(), bits);
  }
  void output(element kind, int bytes) { c.out.push_back(make_tensor(r, kind, bytes, {s.width, s.height})); }
};

plane_case start(random& r, const limits& limit, const char* name) {
  const limits small{std::min(limit.max_side, 300), std::min(limit.max_elements, 5000)};
  plane_case p{r, draw_size(r, small, 1), {}};
  p.c.description = std::string(name) + " " + std::to_string(p.s.width) + "x" + std::to_string(p.s.height);
  return p;
}

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

test_case make_flow_warp_case(random& r, const limits& limit) {
  auto p = start(r, limit, "warp");
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

test_case make_flow_slopes_case(random& r, const limits& limit) {
  auto p = start(r, limit, "slopes");
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

test_case make_flow_median_case(random& r, const limits& limit) {
  const int radius = r.pick({1, 2, 3});
  auto p = start(r, limit, ("median " + std::to_string(radius)).c_str());
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

test_case make_flow_enlarge_case(random& r, const limits& limit) {
  auto p = start(r, limit, "enlarge");
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

test_case make_flow_check_case(random& r, const limits& limit) {
  auto p = start(r, limit, "check back");
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

}  // namespace fluxel::parity
