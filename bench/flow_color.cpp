// SPDX-License-Identifier: Apache-2.0
// Flow in colors: beside a copy of as many bytes, and as `fluxel flow` makes pictures of it.
//
// Names: flow_color/draw/1080p/cpu/<threads>, flow_color/lengths/..., flow_color/copy/1080p; threads 0 are all. On a
// device flow_color/picture/<quality>/1080p/cuda is a picture in host memory, its flow, and its colors in host
// memory: staged, the flow comes back and is drawn on the CPU; kept, it stays on the device.

#include "fluxel/flow_color.hpp"

#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <vector>

#include "bench/cases.hpp"
#include "bench/flow_frames.hpp"
#include "fluxel/device_image.hpp"
#include "fluxel/horn_schunck.hpp"

namespace fluxel::bench {
namespace {

constexpr size frame = hd1080;
constexpr double full_length = 8;  // px

/// A flow of all directions and lengths.
const image<f32>& some_flow() {
  static const image<f32> flow = [] {
    image<f32> f(frame.width, frame.height, 2);
    for (int y = 0; y < frame.height; ++y)
      for (int x = 0; x < frame.width; ++x) {
        f(x, y, 0) = static_cast<float>(x * 7919 % 1289) / 64 - 10;
        f(x, y, 1) = static_cast<float>(y * 6173 % 1283) / 64 - 10;
      }
    return f;
  }();
  return flow;
}

void draw_on_cpu(benchmark::State& state, int threads) {
  image<u8> colors(frame.width, frame.height, 3);
  for (auto _ : state)
    draw_flow(some_flow().view(), colors.view(), {.full_length = full_length},
              {.processor = run_on::cpu, .threads = threads});
  state.SetItemsProcessed(state.iterations() * frame.width * frame.height);
}

void measure_on_cpu(benchmark::State& state, int threads) {
  std::vector<flow_lengths> lengths(1);
  for (auto _ : state)
    measure_flow_lengths(some_flow().view(), lengths, {.processor = run_on::cpu, .threads = threads});
  state.SetItemsProcessed(state.iterations() * frame.width * frame.height);
}

/// The bytes that drawing reads and writes.
void copy_as_many_bytes(benchmark::State& state) {
  const std::size_t bytes = some_flow().size() * sizeof(f32);
  std::vector<std::byte> to(bytes);
  for (auto _ : state) {
    std::memcpy(to.data(), some_flow().data(), bytes);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * frame.width * frame.height);
}

enum class path { staged, kept };

void picture_on_device(benchmark::State& state, flow_quality quality, path how) {
  const placement where{.processor = run_on::cuda};
  const frame_pair& frames = frames_of("1080p");
  horn_schunck solver({.width = frame.width, .height = frame.height}, horn_schunck_preset(quality), where);
  image<f32> flow(frame.width, frame.height, 2);
  image<u8> colors(frame.width, frame.height, 3);
  std::vector<flow_lengths> lengths(1);
  device_image<u8> there(frame.width, frame.height), drawn(frame.width, frame.height, 3);
  device_image<f32> vectors(frame.width, frame.height, 2);
  device_image<std::uint32_t> counts(sizeof(flow_lengths) / sizeof(std::uint32_t), 1);
  int n = 0;
  const auto one = [&] {
    const image<u8>& picture = n++ % 2 == 0 ? frames.prev : frames.next;
    if (how == path::staged) {
      solver.advance(picture, flow.view());
      measure_flow_lengths(flow.view(), lengths);
      draw_flow(flow.view(), colors.view(), {.full_length = full_length});
      return;
    }
    there.upload(picture);
    solver.advance(there.view(), vectors.view());
    measure_flow_lengths(vectors.view(), {reinterpret_cast<flow_lengths*>(counts.view().data), 1});
    counts.download({reinterpret_cast<std::uint32_t*>(lengths.data()), counts.view().width, 1});
    draw_flow(vectors.view(), drawn.view(), {.full_length = full_length});
    drawn.download(colors);
  };
  for (int i = 0; i < 3; ++i) one();
  for (auto _ : state) one();
}

struct named_path {
  path how;
  const char* name;
};

void add_device(const char* name, flow_quality quality) {
  for (const auto& [how, text] : {named_path{path::staged, "staged"}, named_path{path::kept, "kept"}})
    benchmark::RegisterBenchmark(("flow_color/picture/" + std::string(name) + "/1080p/cuda/" + text).c_str(),
                                 picture_on_device, quality, how)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
}

struct step_on_cpu {
  const char* name;
  void (*run)(benchmark::State&, int);
};

void add_all() {
  for (const int threads : {1, 0}) {
    const std::string who = "/1080p/cpu/" + std::to_string(threads);
    for (const auto& [name, run] : {step_on_cpu{"draw", draw_on_cpu}, step_on_cpu{"lengths", measure_on_cpu}})
      benchmark::RegisterBenchmark(("flow_color/" + std::string(name) + who).c_str(), run, threads)
          ->Unit(benchmark::kMillisecond)
          ->UseRealTime();
  }
  benchmark::RegisterBenchmark("flow_color/copy/1080p", copy_as_many_bytes)->Unit(benchmark::kMillisecond);
  if (device_count() == 0) return;
  add_device("fast", flow_quality::fast);
  add_device("balanced", flow_quality::balanced);
}

}  // namespace
}  // namespace fluxel::bench

int main(int argc, char** argv) {
  fluxel::bench::add_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
