// SPDX-License-Identifier: Apache-2.0
// Corners of a texture.

#include "fluxel/good_features.hpp"

#include "host/parity/vectors/flow_frames.hpp"

namespace fluxel::vectors::good_features_vectors {

namespace {

constexpr int cases = 16;
constexpr int barred_below = 64;  ///< bytes of 256 that make a mask's zeros

void print_case(parity::random r, element_type type, bool masked, run_on device) {
  const int w = r.between(9, 48), h = r.between(9, 40), channels = r.pick({1, 3, 4});
  const int radius = r.pick({1, 1, 2, 3, 6});
  feature_options o;
  o.min_distance = r.pick({0.0, 1.5, 4.0, 8.0, 20.0});
  o.max_count = r.pick({3, 20, 200, 200});
  o.quality = r.pick({0.0, 0.015625, 0.25});
  o.window_radius = radius;
  const std::uint64_t seed = r.next() >> 32;
  std::vector<point> points(std::size_t(o.max_count));
  std::vector<float> strength(points.size());
  int count = 0;
  feature_detector detector({w, h, channels, type}, o, {device});
  const auto mask = make_mask({w, h}, barred_below, seed + 1);
  with_flow_element(type, [&]<class T>(T) {
    const auto frame = make_frames<T>({w, h}, channels, {}, seed).first;
    detector.run(frame, masked ? mask.view() : image_view<const u8>{}, {points, strength, &count});
  });
  line l("good_features", "good_features", type);
  l.extent("src", {w, h}).number("channels", std::uint64_t(channels)).number("seed", seed).truth("mask", masked);
  l.number("window_radius", std::uint64_t(radius)).real("min_distance", o.min_distance).real("quality", o.quality);
  l.number("max_count", std::uint64_t(o.max_count)).number("count", std::uint64_t(count));
  l.print(hash_list(strength, hash_list(points)));
}

void print_good_features(const computer& by) {
  constexpr element_type types[] = {element_type::u8, element_type::u16, element_type::f32};
  for (int i = 0; i < cases; ++i)
    print_case(numbers_of("good_features", "", types[i % 3], i / 3), types[i % 3], i % 4 == 1, by.device);
}

const operation entry{"good_features", print_good_features};

}  // namespace

}  // namespace fluxel::vectors::good_features_vectors
