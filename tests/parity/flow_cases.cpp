// Horn-Schunck flow through its object: pyramids, warps, systems, sweeps and medians of one pair, with any options.

#include <algorithm>

#include "fluxel/horn_schunck.hpp"
#include "tests/parity/operations.hpp"
#include "tests/parity/tensor.hpp"

namespace fluxel::parity {

namespace {

/// The CPU object takes the scalar formulas while this lives.
class scalar_target {
 public:
  scalar_target() : before_(cpu_target()) { kernels::force_cpu_target("scalar"); }
  ~scalar_target() { kernels::force_cpu_target(before_); }

 private:
  std::string before_;
};

horn_schunck_options draw_options(random& r) {
  horn_schunck_options o;
  o.smoothness = r.pick({0.5, 20.0, 300.0});
  o.brightness = r.pick({0.0, 0.2, 1.0});
  o.gradient = o.brightness == 0 ? 5 : r.pick({0.0, 5.0});
  o.brightness_epsilon = r.pick({0.0, 3.0});
  o.gradient_epsilon = r.pick({0.0, 1.5});
  o.edge_scale = r.pick({0.0, 5.0});
  o.presmoothing = r.pick({0.0, 0.6});
  o.pyramid_factor = r.pick({0.5, 0.7});
  o.coarsest_side = r.pick({4, 16});
  o.warps = r.pick({1, 2});
  o.sweeps = r.pick({1, 4, 5, 9});
  o.chebyshev_radius = r.pick({0.0, 0.95});
  o.max_increment = r.pick({1.0, 40.0});
  o.median_radius = r.pick({0, 1, 2, 3});
  o.bit_depth = r.pick({10, 16});
  return o;
}

template <class T>
void solve(const call& k, const flow_geometry& geometry, horn_schunck_options options) {
  const bool cuda = &k.row == kernels::cuda();
  const memory_kind memory = cuda ? memory_kind::device : memory_kind::host;
  options.threads = k.how.threads;
  auto view = [&]<class Element>(const kernels::image& im, Element*) {
    return image_view<Element>{.data = static_cast<Element*>(im.data), .width = im.width, .height = im.height,
                               .channels = im.channels, .pitch = im.pitch, .memory = memory};
  };
  horn_schunck solver(geometry, options, cuda ? run_on::cuda : run_on::cpu);
  const T* none = nullptr;
  solver.solve<T>(view(k.in[0], none), view(k.in[1], none), view(k.out[0], static_cast<float*>(nullptr)),
                  stream_ref(k.how.stream));
  if (cuda) k.row.memory.synchronize(k.how.stream);  // the object must outlive its work
}

void solve_type(const call& k, const flow_geometry& geometry, const horn_schunck_options& options) {
  if (geometry.type == element_type::u8) return solve<u8>(k, geometry, options);
  if (geometry.type == element_type::u16) return solve<u16>(k, geometry, options);
  solve<f32>(k, geometry, options);
}

}  // namespace

test_case make_horn_schunck_case(random& r, const limits& limit) {
  test_case c;
  const limits small{std::min(limit.max_side, 129), std::min(limit.max_elements, 4000)};
  const int channels = r.pick({1, 3, 4});
  const size s = draw_size(r, small, channels);
  const flow_geometry geometry{s.width, s.height, channels,
                               r.pick({element_type::u8, element_type::u16, element_type::f32})};
  const auto options = draw_options(r);
  for (int i = 0; i < 2; ++i) {
    c.in.push_back(make_tensor(r, geometry.type, {s.width, s.height, channels}));
    draw_pixels(r, c.in.back(), geometry.type == element_type::u16 ? options.bit_depth : 0);
  }
  c.out.push_back(make_tensor(r, element_type::f32, {s.width, s.height, 2}));
  c.description = "warps " + std::to_string(options.warps) + " sweeps " + std::to_string(options.sweeps) + " median " +
                  std::to_string(options.median_radius) + " " + describe(c.in[0]);
  c.invoke = [=](const call& k) {
    if (&k.row == &kernels::scalar()) {
      const scalar_target target;
      solve_type(k, geometry, options);
    } else {
      solve_type(k, geometry, options);
    }
    return kernels::status::ok;
  };
  return c;
}

bool has_flow(const kernels::row& row) { return row.flow.relax != nullptr; }

}  // namespace fluxel::parity
