// SPDX-License-Identifier: Apache-2.0
// Sparse flow: the structure tensor, and corners and tracked points through their objects.

#include <algorithm>
#include <cstring>
#include <limits>

#include "fluxel/good_features.hpp"
#include "fluxel/track_points.hpp"
#include "host/parity/cases/object_calls.hpp"
#include "host/parity/suite/case.hpp"
#include "host/parity/suite/tensor.hpp"

namespace fluxel::parity::sparse_cases {

namespace {

template <class T>
kernels::plane<T> plane_of(const kernels::image& im) {
  constexpr auto bytes = static_cast<std::ptrdiff_t>(sizeof(T));
  return {static_cast<T*>(im.data), im.width, im.height, im.pitch / bytes, im.count, im.stride / bytes};
}

bool on_cuda(const call& k) { return &k.row == kernels::cuda(); }

placement placement_of(const call& k) {
  return {.processor = on_cuda(k) ? run_on::cuda : run_on::cpu, .threads = k.launch.threads};
}

template <class T>
image_view<const T> view_of(const call& k, const kernels::image& im) {
  return {.data = static_cast<const T*>(im.data),
          .width = im.width,
          .height = im.height,
          .channels = im.channels,
          .pitch = im.pitch,
          .memory = on_cuda(k) ? memory_kind::device : memory_kind::host};
}

/// A tensor of one row as a list.
template <class T>
std::span<T> list_of(const kernels::image& im) {
  return {static_cast<T*>(im.data), static_cast<std::size_t>(im.width)};
}

/// run(type) with the pixels' type.
template <class Run>
kernels::status with_type(const call& k, element_type type, Run&& run) {
  const scalar_formulas scalar(&k.row == &kernels::scalar());
  switch (type) {
    case element_type::u8:
      run(u8{});
      break;
    case element_type::u16:
      run(u16{});
      break;
    default:
      run(f32{});
      break;
  }
  return on_cuda(k) ? k.row.memory.synchronize(k.launch.stream) : kernels::status::ok;
}

flow_geometry draw_geometry(random& r, const limits& limit) {
  const limits small{std::min(limit.max_side, 257), std::min(limit.max_elements, 5000)};
  const int channels = r.pick({1, 1, 3, 4});
  const size s = draw_size(r, small, channels);
  return {s.width, s.height, channels, r.pick({element_type::u8, element_type::u16, element_type::f32})};
}

tensor draw_frame(random& r, const flow_geometry& g, int bit_depth) {
  tensor t = make_tensor(r, g.type, {g.width, g.height, g.channels});
  draw_pixels(r, t, g.type == element_type::u16 ? bit_depth : 0);
  return t;
}

/// The frame before, every pixel taken from a few to the left.
tensor moved_frame(random& r, const flow_geometry& g, const tensor& before) {
  tensor t = make_tensor(r, g.type, {g.width, g.height, g.channels});
  const std::size_t by = std::min(before.pixels.size(), std::size_t(r.below(4)) * g.channels * before.element_bytes);
  t.pixels.assign(before.pixels.begin(), before.pixels.begin() + static_cast<std::ptrdiff_t>(by));
  t.pixels.insert(t.pixels.end(), before.pixels.begin(), before.pixels.end() - static_cast<std::ptrdiff_t>(by));
  return t;
}

float draw_coordinate(random& r, int side) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const float special[] = {-infinity, infinity,      std::numeric_limits<float>::quiet_NaN(),
                           1e30f,     -0.0f,         static_cast<float>(side - 1),
                           -0.001f,   side - 0.999f, -3e9f};
  if (r.one_in(12)) return special[r.below(static_cast<int>(std::size(special)))];
  const int whole = r.below(side + 4) - 2;
  return r.one_in(3) ? static_cast<float>(whole) : static_cast<float>(whole + r.unit());
}

/// A list of points in and about the image.
tensor draw_points(random& r, const flow_geometry& g, int points) {
  tensor t = make_tensor(r, element_type::f32, {points, 1, 2});
  std::vector<float> values;
  for (int i = 0; i < points; ++i) {
    values.push_back(draw_coordinate(r, g.width));
    values.push_back(draw_coordinate(r, g.height));
  }
  t.pixels.resize(values.size() * sizeof(float));
  std::memcpy(t.pixels.data(), values.data(), t.pixels.size());
  return t;
}

tensor one_int(random& r, int value) {
  tensor t = make_tensor(r, element::raw, sizeof(int), {1, 1, 1});
  t.pixels.resize(sizeof(int));
  std::memcpy(t.pixels.data(), &value, sizeof(int));
  return t;
}

}  // namespace

static test_case make_structure_case(random& r, const limits& limit) {
  test_case c;
  const limits small{limit.max_side, std::min(limit.max_elements, 6000)};
  const size s = draw_size(r, small, 1);
  const int radius = r.pick({0, 1, 2, 3, 7, 15});
  const int count = r.pick({1, 1, 3});
  const bool both = !r.one_in(3);
  c.in.push_back(make_tensor(r, element_type::u16, {s.width, s.height, 1, 1, count}));
  draw_pixels(r, c.in.back(), 12);
  for (int i = 0; i < (both ? 2 : 1); ++i)
    c.out.push_back(make_tensor(r, element_type::f32, {s.width, s.height, 1, 1, count}));
  c.description = "radius " + std::to_string(radius) + (both ? " both " : " smaller ") + describe(c.in[0]);
  c.invoke = [=](const call& k) {
    return k.row.flow.structure(plane_of<const u16>(k.in[0]), radius, plane_of<float>(k.out[0]),
                                both ? plane_of<float>(k.out[1]) : kernels::plane<float>{}, k.launch);
  };
  return c;
}

static test_case make_good_features_case(random& r, const limits& limit) {
  test_case c;
  flow_geometry geometry = draw_geometry(r, limit);
  feature_options options;
  options.quality = r.pick({0.0, 0.01, 0.3, 1.0});
  options.min_distance = r.pick({0.0, 1.0, 1.5, 3.0, 8.0, 40.0});
  options.max_count = r.pick({1, 5, 60, 700});
  options.window_radius = r.pick({1, 2, 7});
  geometry.bit_depth = r.pick({10, 16});
  const bool masked = r.one_in(3);
  c.in.push_back(draw_frame(r, geometry, geometry.bit_depth));
  if (masked) {
    c.in.push_back(make_tensor(r, element_type::u8, {geometry.width, geometry.height, 1}));
    draw_pixels(r, c.in.back(), 1);
  }
  c.out.push_back(make_tensor(r, element_type::f32, {options.max_count, 1, 2}));
  c.out.push_back(make_tensor(r, element_type::f32, {options.max_count, 1, 1}));
  c.out.push_back(make_tensor(r, element::raw, sizeof(int), {1, 1, 1}));
  c.description = "distance " + std::to_string(options.min_distance) + " most " + std::to_string(options.max_count) +
                  " radius " + std::to_string(options.window_radius) + (masked ? " masked " : " ") +
                  describe(c.in[0]);
  c.invoke = [=](const call& k) {
    return with_type(k, geometry.type, [&]<class T>(T) {
      feature_detector detector(geometry, options, placement_of(k));
      detector.run(view_of<T>(k, k.in[0]), masked ? view_of<u8>(k, k.in[1]) : image_view<const u8>{},
                   {list_of<point>(k.out[0]), list_of<float>(k.out[1]), static_cast<int*>(k.out[2].data)},
                   stream_ref(k.launch.stream));
      if (on_cuda(k)) k.row.memory.synchronize(k.launch.stream);  // the object must outlive its work
    });
  };
  return c;
}

static test_case make_track_points_case(random& r, const limits& limit) {
  test_case c;
  flow_geometry geometry = draw_geometry(r, limit);
  track_options options;
  options.window = r.pick({3, 5, 7, 15, 17, 21, 33, 63});
  options.max_levels = r.pick({1, 2, 4, 16});
  options.iterations = r.pick({1, 2, 10});
  options.epsilon = r.pick({0.0, 0.01, 0.1});
  options.min_eigenvalue = r.pick({1e-3, 0.1, 10.0});
  options.forward_backward = r.pick({0.0, 0.0, 0.5, 4.0});
  geometry.bit_depth = r.pick({10, 16});
  const int points = r.pick({1, 3, 17, 40});
  const bool guess = r.one_in(3), counted = r.one_in(3), sequence = r.one_in(3);
  c.in.push_back(draw_frame(r, geometry, geometry.bit_depth));
  c.in.push_back(r.one_in(3) ? draw_frame(r, geometry, geometry.bit_depth) : moved_frame(r, geometry, c.in[0]));
  c.in.push_back(draw_points(r, geometry, points));
  c.in.push_back(draw_points(r, geometry, points));
  c.in.push_back(one_int(r, r.below(points + 2)));
  const bool masked = r.one_in(3);
  for (int i = 0; masked && i < 2; ++i) {
    tensor mask = make_tensor(r, element_type::u8, {geometry.width, geometry.height, 1});
    draw_pixels(r, mask);
    for (auto& p : mask.pixels) p = r.one_in(30) ? std::byte{0} : p == std::byte{0} ? std::byte{1} : p;
    c.in.push_back(std::move(mask));
  }
  c.out.push_back(make_tensor(r, element_type::f32, {points, 1, 2}));
  c.out.push_back(make_tensor(r, element_type::u8, {points, 1, 1}));
  for (int i = 0; i < 2; ++i) c.out.push_back(make_tensor(r, element_type::f32, {points, 1, 1}));
  c.description = "window " + std::to_string(options.window) + " levels " + std::to_string(options.max_levels) +
                  " iterations " + std::to_string(options.iterations) + (guess ? " guess" : "") +
                  (counted ? " counted" : "") + (masked ? " masked" : "") + (sequence ? " sequence " : " ") +
                  describe(c.in[0]);
  c.invoke = [=](const call& k) {
    return with_type(k, geometry.type, [&]<class T>(T) {
      point_tracker tracker(geometry, points, options, placement_of(k));
      const point_tracks tracks{.from = list_of<const point>(k.in[2]),
                                .to = list_of<point>(k.out[0]),
                                .status = list_of<track_status>(k.out[1]),
                                .error = list_of<float>(k.out[2]),
                                .min_eigenvalue = list_of<float>(k.out[3]),
                                .guess = guess ? list_of<const point>(k.in[3]) : std::span<const point>(),
                                .count = counted ? static_cast<const int*>(k.in[4].data) : nullptr};
      const stream_ref stream(k.launch.stream);
      const auto mask = [&](int i) { return masked ? view_of<u8>(k, k.in[5 + i]) : image_view<const u8>{}; };
      if (sequence) {
        tracker.advance(flow_frame{view_of<T>(k, k.in[0]), mask(0)}, {}, stream);
        tracker.advance(flow_frame{view_of<T>(k, k.in[1]), mask(1)}, tracks, stream);
      } else {
        tracker.run(flow_pair{view_of<T>(k, k.in[0]), view_of<T>(k, k.in[1]), mask(0), mask(1)}, tracks, stream);
      }
      if (on_cuda(k)) k.row.memory.synchronize(k.launch.stream);  // the object must outlive its work
    });
  };
  return c;
}

static bool has_structure(const kernels::backend_table& row) { return row.flow.structure != nullptr; }
static bool has_features(const kernels::backend_table& row) { return row.sparse.find_features != nullptr; }
static bool has_tracking(const kernels::backend_table& row) { return row.sparse.track != nullptr; }

static const registered_operations cases{{
    {"flow.structure", "good_features", make_structure_case, has_structure},
    {"good_features", "good_features", make_good_features_case, has_features},
    {"track_points", "track_points", make_track_points_case, has_tracking},
}};

}  // namespace fluxel::parity::sparse_cases
