// SPDX-License-Identifier: Apache-2.0
// Frames seen through a matrix on the CPU, beside a copy of their bytes.
//
// Names: warp_perspective/<pixel>/<filter>/<matrix>/1080p/cpu/<threads> and warp_perspective/copy/<pixel>/1080p;
// threads 0 are all. The matrices: `shift` moves by fractions of a pixel, `steady` turns and enlarges as those of
// stabilized frames do, `turn` turns by 30 degrees, `tilt` is a homography.

#include "fluxel/warp_perspective.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "bench/cases.hpp"
#include "fluxel/image.hpp"

namespace fluxel::bench {
namespace {

constexpr size frame = hd1080;

struct named_matrix {
  const char* name;
  matrix3x3 matrix;
};
const named_matrix matrices[] = {
    {"shift", {{1, 0, 3.3, 0, 1, -2.7, 0, 0, 1}}},
    {"steady", {{0.85, -0.01, 150, 0.01, 0.85, 75, 0, 0, 1}}},
    {"turn", {{0.7361, -0.425, 482.6, 0.425, 0.7361, -265.5, 0, 0, 1}}},
    {"tilt", {{0.9, 0.02, 60, -0.01, 0.88, 50, 2e-5, 1e-5, 1}}},
};

/// Pixels of all values, the same in every run.
template <class T>
const image<T>& some_frame(int channels) {
  const auto make = [](int c) {
    image<T> im(frame.width, frame.height, c);
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < im.size(); ++i) {
      state = state * 1664525u + 1013904223u;
      im.data()[i] = static_cast<T>(state >> 24);
    }
    return im;
  };
  static const image<T> grey = make(1), color = make(3);
  return channels == 1 ? grey : color;
}

template <class T>
void warp(benchmark::State& state, int channels, const matrix3x3& m, warp_filter filter, int threads) {
  const image<T>& src = some_frame<T>(channels);
  image<T> dst(frame.width, frame.height, channels);
  for (auto _ : state)
    warp_perspective(src, m, dst, {.filter = filter}, {.processor = run_on::cpu, .threads = threads});
  state.SetItemsProcessed(state.iterations() * frame.width * frame.height);
}

template <class T>
void copy(benchmark::State& state, int channels) {
  const image<T>& src = some_frame<T>(channels);
  image<T> dst(frame.width, frame.height, channels);
  for (auto _ : state) {
    std::memcpy(dst.data(), src.data(), src.size() * sizeof(T));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * frame.width * frame.height);
}

template <class F>
void add(const std::string& name, F&& run) {
  benchmark::RegisterBenchmark(name.c_str(), std::forward<F>(run))->Unit(benchmark::kMillisecond)->UseRealTime();
}

template <class T>
void add_pixel(const std::string& pixel, int channels) {
  for (const auto filter : {warp_filter::bilinear, warp_filter::bicubic})
    for (const named_matrix& m : matrices)
      for (int threads : {1, 0}) {
        const std::string kind = filter == warp_filter::bilinear ? "bilinear" : "bicubic";
        add("warp_perspective/" + pixel + "/" + kind + "/" + m.name + "/1080p/cpu/" + std::to_string(threads),
            [=, matrix = m.matrix](benchmark::State& state) { warp<T>(state, channels, matrix, filter, threads); });
      }
  add("warp_perspective/copy/" + pixel + "/1080p", [=](benchmark::State& state) { copy<T>(state, channels); });
}

}  // namespace
}  // namespace fluxel::bench

int main(int argc, char** argv) {
  using namespace fluxel;
  bench::add_pixel<u8>("u8x1", 1);
  bench::add_pixel<u8>("u8x3", 3);
  bench::add_pixel<u16>("u16x1", 1);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
