// SPDX-License-Identifier: Apache-2.0
// Dense flow through its objects: pyramids, warps, systems or windows, and medians, with any options.

#include <algorithm>
#include <utility>

#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "host/parity/cases/object_calls.hpp"
#include "host/parity/suite/case.hpp"
#include "host/parity/suite/tensor.hpp"

namespace fluxel::parity::flow_cases {

namespace {

template <class Options>
void draw_shared_options(random& r, Options& o, int& bit_depth) {
  o.data_term.brightness = r.pick({0.0, 0.2, 1.0});
  o.data_term.gradient = o.data_term.brightness == 0 ? 5 : r.pick({0.0, 5.0});
  o.data_term.brightness_epsilon = r.pick({0.0, 3.0});
  o.data_term.gradient_epsilon = r.pick({0.0, 1.5});
  o.pyramid.presmoothing = r.pick({0.0, 0.6});
  o.pyramid.factor = r.pick({0.5, 0.65, 0.7});
  o.pyramid.coarsest_side = r.pick({4, 16});
  o.search.radius = r.pick({0, 40, 192});
  o.warping.warps = r.pick({1, 2});
  o.warping.max_increment = r.pick({1.0, 40.0});
  o.median.radius = r.pick({0, 1, 2, 3});
  o.median.passes = r.pick({1, 2, 3});
  o.weighted_median.after =
      r.pick({weighted_median_after::never, weighted_median_after::never, weighted_median_after::finest_level,
              weighted_median_after::every_level, weighted_median_after::every_warp});
  o.weighted_median.radius = r.pick({1, 4, 5, 7});
  o.weighted_median.likeness = r.pick({2.0, 4.0, 28.0});
  o.validity.variation = r.pick({0.0, 1.0, 1024.0});
  o.validity.residual = r.pick({0.0, 6.0});
  o.validity.flat = r.pick({0.0, 1.85});
  o.validity.aperture = r.pick({0.0, 1.0});
  o.validity.cut_score = r.pick({0.0, 0.4, 10.0});
  o.validity.consistency = r.pick({0.0, 0.5});
  o.precision = r.pick({64, 64, 256});
  bit_depth = r.pick({10, 16});
}

void draw_options(random& r, horn_schunck_options& o, int& bit_depth) {
  draw_shared_options(r, o, bit_depth);
  o.smoothness.weight = r.pick({0.5, 20.0, 300.0});
  o.smoothness.edge_scale = r.pick({0.0, 5.0});
  o.smoothness.epsilon = r.pick({0.0, 0.05, 10.0});
  o.solver.sweeps = r.pick({1, 4, 5, 9});
  o.solver.chebyshev_radius = r.pick({0.0, 0.95});
  if (r.one_in(5)) {
    o.model = horn_schunck_model::classic;
    o.solver.sweeps = r.pick({1, 8, 33});
  }
}

std::string describe_options(const horn_schunck_options& o) {
  return "warps " + std::to_string(o.warping.warps) + " sweeps " + std::to_string(o.solver.sweeps) + " median " +
         std::to_string(o.median.radius) + " weighted " + std::to_string(static_cast<int>(o.weighted_median.after)) +
         " steps " + std::to_string(o.precision);
}

void draw_options(random& r, lucas_kanade_options& o, int& bit_depth) {
  draw_shared_options(r, o, bit_depth);
  o.window.contrast_limit = r.pick({0.0, 0.3, 20.0});
  o.window.radius = r.pick({0, 1, 2, 4, 15});
  o.window.sigma = r.pick({0.0, 0.0, 1.3});
  o.window.ridge = r.pick({0.0, 0.5});
  if (r.one_in(5)) o.model = lucas_kanade_model::classic;
}
std::string describe_options(const lucas_kanade_options& o) {
  return "warps " + std::to_string(o.warping.warps) + " window " + std::to_string(o.window.radius) +
         (o.window.sigma > 0 ? " Gaussian" : " box") + " median " + std::to_string(o.median.radius) + " x " +
         std::to_string(o.median.passes) + " weighted " + std::to_string(static_cast<int>(o.weighted_median.after)) +
         " steps " + std::to_string(o.precision);
}

value_range draw_range(random& r, element_type type) {
  if (type == element_type::u8) return {double(r.below(100)), double(100 + r.below(156))};
  if (type == element_type::u16) return {double(r.below(300)), double(300 + r.below(700))};
  return {r.pick({-0.25, 0.1}), r.pick({0.2, 0.7, 3.0})};
}

/// Which of the optional views a case has, and where they are among its tensors.
struct layout {
  int prev_mask = 0, next_mask = 0, initial = 0;  ///< 0: absent
  int validity = 0, confidence = 0, cut_score = 0;
};

template <class Solver, class T, class Options>
void solve(const call& k, const flow_geometry& geometry, const Options& options, const layout& has) {
  const bool cuda = &k.row == kernels::cuda();
  const memory_kind memory = cuda ? memory_kind::device : memory_kind::host;
  auto view = [&]<class Element>(const kernels::image& im, Element*) { return view_of<Element>(im, memory); };
  auto optional = [&]<class Element>(std::span<const kernels::image> all, int at, Element* type) {
    return at == 0 ? image_view<Element>{} : view(all[at], type);
  };
  Solver solver(geometry, options, {.processor = cuda ? run_on::cuda : run_on::cpu, .threads = k.launch.threads});
  const T* pixels = nullptr;
  const u8* mask = nullptr;
  const float* vectors = nullptr;
  const flow_pair pair{view(k.in[0], pixels), view(k.in[1], pixels), optional(k.in, has.prev_mask, mask),
                       optional(k.in, has.next_mask, mask), optional(k.in, has.initial, vectors)};
  const flow_result result{view(k.out[0], static_cast<float*>(nullptr)),
                           optional(k.out, has.validity, static_cast<u8*>(nullptr)),
                           optional(k.out, has.confidence, static_cast<float*>(nullptr)),
                           optional(k.out, has.cut_score, static_cast<float*>(nullptr))};
  solver.run(pair, result, stream_ref(k.launch.stream));
  if (cuda) k.row.memory.synchronize(k.launch.stream);  // the object must outlive its work
}

template <class Solver, class Options>
void solve_type(const call& k, const flow_geometry& geometry, const Options& options, const layout& has) {
  if (geometry.type == element_type::u8) return solve<Solver, u8>(k, geometry, options, has);
  if (geometry.type == element_type::u16) return solve<Solver, u16>(k, geometry, options, has);
  solve<Solver, f32>(k, geometry, options, has);
}

/// A mask, most of whose pixels are known.
tensor draw_mask(random& r, const shape& s) {
  tensor t = make_tensor(r, element_type::u8, s);
  draw_pixels(r, t);
  for (auto& p : t.pixels) p = r.one_in(40) ? std::byte{0} : p == std::byte{0} ? std::byte{1} : p;
  return t;
}

template <class Solver, class Options>
test_case make_dense_case(random& r, const limits& limit) {
  test_case c;
  const limits small{std::min(limit.max_side, 129), std::min(limit.max_elements, 4000)};
  const int channels = r.pick({1, 3, 4});
  size s = draw_size(r, small, channels);
  if (channels == 1 && limit.max_elements > 8000 && r.one_in(6))
    s = {66 + r.below(40), 64 + r.below(20)};  // searched
  flow_geometry geometry{s.width, s.height, channels,
                         r.pick({element_type::u8, element_type::u16, element_type::f32}),
                         s.width * s.height < 1000 ? r.pick({1, 1, 3}) : 1};
  Options options;
  draw_options(r, options, geometry.bit_depth);
  if (r.one_in(4)) geometry.range = draw_range(r, geometry.type);
  auto shaped = [&](int of, int planes = 1) { return shape{s.width, s.height, of, planes, geometry.count}; };
  for (int i = 0; i < 2; ++i) {
    c.in.push_back(make_tensor(r, geometry.type, shaped(channels)));
    draw_pixels(r, c.in.back(), geometry.type == element_type::u16 ? geometry.bit_depth : 0);
  }
  layout has;
  auto add = [](std::vector<tensor>& to, tensor t, int& at) {
    at = static_cast<int>(to.size());
    to.push_back(std::move(t));
  };
  for (int* mask : {&has.prev_mask, &has.next_mask})
    if (r.one_in(3)) add(c.in, draw_mask(r, shaped(1)), *mask);
  auto vectors = [&] {
    return r.one_in(2) ? make_tensor(r, element_type::f32, shaped(2))
                       : make_tensor(r, element_type::f32, shaped(1, 2));
  };
  if (r.one_in(4)) {
    add(c.in, vectors(), has.initial);
    draw_pixels(r, c.in.back());
  }
  c.out.push_back(vectors());
  if (r.one_in(2)) add(c.out, make_tensor(r, element_type::u8, shaped(1)), has.validity);
  if (r.one_in(3)) add(c.out, make_tensor(r, element_type::f32, shaped(1)), has.confidence);
  if (r.one_in(3)) add(c.out, make_tensor(r, element_type::f32, {1, 1, 1, 1, geometry.count}), has.cut_score);
  c.description = describe_options(options) + (has.prev_mask + has.next_mask > 0 ? " masks" : "") +
                  (has.initial > 0 ? " guess" : "") + (has.validity > 0 ? " validity " : " ") + describe(c.in[0]);
  c.invoke = [=](const call& k) {
    const scalar_formulas scalar(&k.row == &kernels::scalar());
    solve_type<Solver>(k, geometry, options, has);
    return kernels::status::ok;
  };
  return c;
}

}  // namespace

static test_case make_horn_schunck_case(random& r, const limits& limit) {
  return make_dense_case<horn_schunck, horn_schunck_options>(r, limit);
}
static test_case make_lucas_kanade_case(random& r, const limits& limit) {
  return make_dense_case<lucas_kanade, lucas_kanade_options>(r, limit);
}

static bool has_flow(const kernels::backend_table& row) { return row.flow.relax != nullptr; }

static const registered_operations cases{{
    {"horn_schunck", "horn_schunck", make_horn_schunck_case, has_flow},
    {"lucas_kanade", "lucas_kanade", make_lucas_kanade_case, has_flow},
}};

}  // namespace fluxel::parity::flow_cases
