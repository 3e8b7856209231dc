// SPDX-License-Identifier: Apache-2.0
// Nearest, area, antialiased and higher filters on the CPU, beside the nearest equivalents of other libraries.
//
// Names: resize_<filter>/<pixels>/<scaling>/<who>/<threads>; threads 0 are all. OpenCV antialiases with area only, so
// its cubic and Lanczos (which has four lobes) stand beside ours without antialiasing.

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <random>
#include <string>

#include "bench/cases.hpp"
#include "bench/rivals_cpu/rival.hpp"
#include "fluxel/image.hpp"
#include "fluxel/resizer.hpp"

namespace fluxel::bench {
namespace {

struct method {
  const char* name;
  resize_options options;
  bool has_reference;
  interpolation reference;
};

const method methods[] = {
    {"nearest", {.filter = filter::nearest}, true, interpolation::nearest},
    {"area", {.filter = filter::area}, true, interpolation::area},
    {"bilinear_antialias", {.filter = filter::bilinear, .antialias = antialias::yes}, false, {}},
    {"bicubic", {.filter = filter::bicubic}, true, interpolation::cubic},
    {"bicubic_antialias", {.filter = filter::bicubic, .antialias = antialias::yes}, false, {}},
    {"lanczos3", {.filter = filter::lanczos3}, true, interpolation::lanczos4},
    {"lanczos3_antialias", {.filter = filter::lanczos3, .antialias = antialias::yes}, false, {}},
};

/// The photograph that rivals publish figures for.
constexpr scaling photo{"4928x3279_to_852x567", {4928, 3279}, {852, 567}};

template <class T>
struct images {
  image<T> src;
  image<T> dst;
  images(const scaling& s, int channels)
      : src(s.src.width, s.src.height, channels), dst(s.dst.width, s.dst.height, channels) {
    std::mt19937 random(1);
    for (std::size_t i = 0; i < src.size(); ++i) src.data()[i] = static_cast<T>(random() >> 24);
  }
};

/// `prepare` makes the call to measure; what it holds lives as long as the measurement.
template <class F>
void add(const std::string& name, size dst, F prepare) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [dst, prepare](benchmark::State& state) {
                                 const std::function<void()> call = prepare();
                                 for (auto _ : state) {
                                   call();
                                   benchmark::ClobberMemory();
                                 }
                                 state.counters["MP/s"] = benchmark::Counter(
                                     dst.width * 1e-6 * dst.height, benchmark::Counter::kIsIterationInvariantRate);
                               })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

template <class T>
void add_case(const method& m, const scaling& s, int channels) {
  std::string name = std::string("resize_").append(m.name).append("/").append(pixel_name<T>(channels));
  name.append("/").append(s.name);
  for (int threads : {1, 0}) {
    const std::string who = std::to_string(threads);
    add(name + "/cpu/" + who, s.dst, [=]() -> std::function<void()> {
      auto im = std::make_shared<images<T>>(s, channels);
      const resize_geometry geometry{s.src, s.dst, channels, element_traits<T>::type};
      auto ours = std::make_shared<resizer>(geometry, m.options, placement{run_on::cpu, -1, threads});
      return [im, ours] { ours->run(im->src.view(), im->dst.view()); };
    });
    if (!m.has_reference) continue;
    for (const rival& r : rivals()) {
      const auto task = [=](images<T>* im) {
        return resize_task{element_traits<T>::type, s.src,          s.dst,       channels, 1,
                           im->src.data(),          im->dst.data(), m.reference, threads};
      };
      images<T> tiny({"", {8, 8}, {4, 4}}, channels);  // asks whether the library has it
      if (!r.prepare({element_traits<T>::type,
                      {8, 8},
                      {4, 4},
                      channels,
                      1,
                      tiny.src.data(),
                      tiny.dst.data(),
                      m.reference,
                      threads})
               .run)
        continue;
      add(name + "/" + r.name + "/" + who, s.dst, [=]() -> std::function<void()> {
        auto im = std::make_shared<images<T>>(s, channels);
        return [im, call = r.prepare(task(im.get()))] { call.run(); };
      });
    }
  }
}

void add_all() {
  for (const auto& m : methods) {
    for (const auto& s : scalings) {
      add_case<u8>(m, s, 3);
      add_case<u8>(m, s, 1);
      add_case<f32>(m, s, 3);
    }
    add_case<u8>(m, photo, 3);
  }
}

}  // namespace
}  // namespace fluxel::bench

int main(int argc, char** argv) {
  fluxel::bench::add_all();
  benchmark::Initialize(&argc, argv);
  for (const auto& r : fluxel::bench::rivals()) benchmark::AddCustomContext(r.name, r.version);
  benchmark::RunSpecifiedBenchmarks();
}
