// SPDX-License-Identifier: Apache-2.0
// Flow of textured layers that move over each other by up to 200 px, beside OpenCV's methods where OpenCV was there.
//
//   flow_layers [--threads N] [--method WORD]
//
// Prints, for every scene and method whose name contains WORD, the mean endpoint error (px) of the pixels that the
// second frame shows too, and the time of the second of two runs; then means over the scenes. "without search" is
// `search.radius = 0`.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "bench/flow_methods.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "host/program/flow_files/flow_pictures.hpp"
#include "tests/support/layered_scene.hpp"

namespace {

using fluxel::test::layered_scene;
using fluxel::video::flow_field;
using fluxel::video::plain_picture;

constexpr fluxel::size s{640, 400};

std::vector<layered_scene> scenes() {
  return {
      {s, 3, 1, {{200, 200, 40, 40, 120, 20}}, 1},
      {s, -8, 2, {{450, 150, 60, 50, -150, 60}, {150, 280, 50, 70, 90, -40}}, 2},
      {s, 20, 0, {{120, 200, 30, 30, 200, 0}, {400, 120, 25, 45, -60, 90}}, 3},
      {s, 0, 0, {{300, 200, 90, 80, 60, -30}, {500, 300, 25, 25, -100, -60}}, 4},
      {s, -40, 10, {{320, 200, 130, 110, 80, 20}}, 5},
      {s, 2, 0, {{160, 120, 20, 20, 60, 40}, {480, 120, 20, 20, -60, 40}, {160, 280, 20, 20, 60, -40}}, 6},
      {s, 30, -12, {{200, 120, 70, 60, 150, 30}, {420, 300, 110, 50, -100, -20}}, 7},
      {s, 0, 0, {{150, 200, 80, 90, 180, 0}}, 8},
      {s, -4, 3, {{320, 200, 200, 120, -10, 8}}, 9},
      {s, 1, 1, {{200, 150, 100, 90, 6, -3}, {430, 240, 90, 110, -7, 4}}, 10},
      {s, 5, -2, {{260, 220, 150, 14, 90, -70}}, 11},
      {s, -25, 5, {{150, 200, 16, 140, 130, 10}, {470, 180, 60, 12, -80, 60}}, 12},
      {s, 0, 0, {{220, 160, 70, 60, 110, 40}, {330, 260, 60, 70, -90, -60}}, 13},
      {s, 35, 0, {{400, 200, 180, 140, -90, 15}}, 14},
  };
}

plain_picture picture(const fluxel::image<fluxel::u8>& im) {
  plain_picture p;
  p.width = im.width();
  p.height = im.height();
  p.channels = 1;
  p.type = fluxel::element_type::u8;
  p.bit_depth = 8;
  p.pixels.resize(im.size());
  std::memcpy(p.pixels.data(), im.data(), im.size());
  return p;
}

template <class Solver, class Options>
flow_method without_search(const std::string& name, Options options, int threads) {
  options.search.radius = 0;
  return {name + " without search", [=](const flow_pair& p) -> flow_run {
            const auto solver =
                std::make_shared<Solver>(fluxel::video::geometry_of(p.first), options,
                                         fluxel::placement{.processor = fluxel::run_on::cpu, .threads = threads});
            return [solver, &p](flow_field& flow) {
              solver->run(fluxel::video::frame_of(p.first), fluxel::video::frame_of(p.second), flow.view());
            };
          }};
}

std::vector<flow_method> methods(int threads) {
  auto all = fluxel_methods(threads, fluxel::run_on::cpu);
  for (const auto& [name, quality] : {std::pair{"balanced", fluxel::flow_quality::balanced},
                                      std::pair{"accurate", fluxel::flow_quality::accurate}}) {
    all.push_back(without_search<fluxel::horn_schunck>(std::string("horn_schunck ") + name,
                                                       fluxel::horn_schunck_preset(quality), threads));
    all.push_back(without_search<fluxel::lucas_kanade>(std::string("lucas_kanade ") + name,
                                                       fluxel::lucas_kanade_preset(quality), threads));
  }
  for (auto& m : opencv_methods(threads)) all.push_back(std::move(m));
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  int threads = 1;
  std::string word;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string(argv[i]) == "--threads") threads = std::atoi(argv[i + 1]);
    if (std::string(argv[i]) == "--method") word = argv[i + 1];
  }
  std::printf("| method |");
  for (const auto& scene : scenes()) std::printf(" %d |", static_cast<int>(scene.seed));
  std::printf(" mean | ms |\n");
  for (const flow_method& m : methods(threads)) {
    if (m.name.find(word) == std::string::npos) continue;
    std::printf("| %s |", m.name.c_str());
    double sum = 0, ms = 0;
    for (const auto& scene : scenes()) {
      const auto made = scene.make();
      const flow_pair pair{picture(made.prev), picture(made.next)};
      const flow_run run = m.prepare(pair);
      flow_field field(s.width, s.height);
      run(field);
      const auto start = std::chrono::steady_clock::now();
      run(field);
      ms += std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
      fluxel::image<float> flow(s.width, s.height, 2);
      std::memcpy(flow.data(), field.uv.data(), flow.size() * sizeof(float));
      const double error = visible_error(flow, made);
      sum += error;
      std::printf(" %.2f |", error);
      std::fflush(stdout);
    }
    std::printf(" %.2f | %.0f |\n", sum / scenes().size(), ms / scenes().size());
  }
}
