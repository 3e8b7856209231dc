// SPDX-License-Identifier: Apache-2.0
// Optical flow on a CUDA device, through the public objects on device memory. Skips without a device.
//
// Names: <object>/<quality>/<frames>/cuda/0 are calls on a stream, .../cuda_graph/0 the same call captured once and
// launched as a graph. Times are of events around the call. "vga_x32" are 32 pairs in one batch.

#include <benchmark/benchmark.h>
#include <cuda_runtime_api.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/cuda_device.hpp"
#include "bench/flow_frames.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "fluxel/track_points.hpp"

namespace fluxel::bench {
namespace {

/// A pair of frames `count` times, and room for its flow.
class device_frames {
 public:
  device_frames(const frame_pair& pair, int count)
      : width_(pair.prev.width()),
        height_(pair.prev.height()),
        count_(count),
        prev_(count * pair.prev.size()),
        next_(count * pair.prev.size()),
        flow_(count * pair.prev.size() * 2 * sizeof(float)) {
    for (int n = 0; good() && n < count; ++n) {
      const std::size_t bytes = pair.prev.size();
      cudaMemcpy(static_cast<std::byte*>(prev_.get()) + n * bytes, pair.prev.data(), bytes, cudaMemcpyHostToDevice);
      cudaMemcpy(static_cast<std::byte*>(next_.get()) + n * bytes, pair.next.data(), bytes, cudaMemcpyHostToDevice);
    }
  }
  bool good() const { return prev_.get() != nullptr && next_.get() != nullptr && flow_.get() != nullptr; }
  image_view<const u8> prev() const { return view<const u8>(prev_, 1); }
  image_view<const u8> next() const { return view<const u8>(next_, 1); }
  image_view<float> flow() const { return view<float>(flow_, 2); }
  flow_geometry geometry() const { return {width_, height_, 1, element_type::u8, count_}; }

 private:
  template <class T>
  image_view<T> view(const device_buffer& memory, int channels) const {
    return {.data = static_cast<T*>(memory.get()),
            .width = width_,
            .height = height_,
            .channels = channels,
            .count = count_,
            .memory = memory_kind::device};
  }
  int width_, height_, count_;
  device_buffer prev_, next_, flow_;
};

/// Enqueues one call.
using enqueued = std::function<void(stream_ref)>;
/// Makes the object; it lives as long as the call.
using preparation = std::function<enqueued(const device_frames&)>;

void run_graph(benchmark::State& state, const enqueued& call) {
  cudaStream_t stream{};
  cudaGraph_t graph{};
  cudaGraphExec_t ready{};
  cudaStreamCreate(&stream);
  cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal);
  call(stream_ref(stream));
  if (cudaStreamEndCapture(stream, &graph) != cudaSuccess || cudaGraphInstantiate(&ready, graph, 0) != cudaSuccess) {
    state.SkipWithError("the call cannot be captured");
  } else {
    timer time;
    for (auto _ : state) state.SetIterationTime(time([&](cudaStream_t on) { cudaGraphLaunch(ready, on); }) / 1e3);
    cudaGraphExecDestroy(ready);
  }
  if (graph != nullptr) cudaGraphDestroy(graph);
  cudaStreamDestroy(stream);
}

void measure(benchmark::State& state, const std::string& frames, int count, const preparation& prepare, bool graph) {
  if (device_count() == 0) {
    state.SkipWithError(no_device_reason().c_str());
    return;
  }
  const device_frames on_device(frames_of(frames), count);
  if (!on_device.good()) {
    state.SkipWithError("not enough device memory");
    return;
  }
  const enqueued call = prepare(on_device);
  call({});
  cudaDeviceSynchronize();
  if (graph) {
    run_graph(state, call);
  } else {
    timer time;
    for (auto _ : state) state.SetIterationTime(time([&](cudaStream_t on) { call(stream_ref(on)); }) / 1e3);
  }
  const auto g = on_device.geometry();
  state.counters["MP/s"] =
      benchmark::Counter(double(g.width) * g.height * g.count / 1e6, benchmark::Counter::kIsIterationInvariantRate);
}

void add(const std::string& name, const std::string& frames, int count, const preparation& prepare) {
  for (bool graph : {false, true})
    benchmark::RegisterBenchmark((name + (graph ? "/cuda_graph/0" : "/cuda/0")).c_str(),
                                 [=](benchmark::State& state) { measure(state, frames, count, prepare, graph); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
}

template <class Object, class Options>
preparation solves(const Options& options) {
  return [options](const device_frames& f) -> enqueued {
    auto object = std::make_shared<Object>(f.geometry(), options, placement{run_on::cuda});
    return [object, &f](stream_ref stream) { object->run(f.prev(), f.next(), f.flow(), stream); };
  };
}

/// `count` points on a grid.
preparation tracks(int count) {
  return [count](const device_frames& f) -> enqueued {
    const auto g = f.geometry();
    std::vector<point> grid;
    for (int i = 0; i < count; ++i)
      grid.push_back({float(i * 7919LL % g.width), float(i * 104729LL / g.width % g.height)});
    auto from = std::make_shared<device_buffer>(count * sizeof(point)),
         to = std::make_shared<device_buffer>(count * sizeof(point));
    auto status = std::make_shared<device_buffer>(count);
    cudaMemcpy(from->get(), grid.data(), count * sizeof(point), cudaMemcpyHostToDevice);
    auto object = std::make_shared<point_tracker>(g, count, track_options{}, placement{run_on::cuda});
    return [=, &f](stream_ref stream) {
      object->run(f.prev(), f.next(),
                  {.from = {static_cast<const point*>(from->get()), std::size_t(count)},
                   .to = {static_cast<point*>(to->get()), std::size_t(count)},
                   .status = {static_cast<track_status*>(status->get()), std::size_t(count)}},
                  stream);
    };
  };
}

void add_all() {
  for (const auto& frames : frame_names())
    for (auto [quality, name] :
         {std::pair{flow_quality::fast, "fast"}, std::pair{flow_quality::accurate, "accurate"}}) {
      const std::string rest = std::string("/") + name + "/" + frames;
      add("horn_schunck" + rest, frames, 1, solves<horn_schunck>(horn_schunck_preset(quality)));
      add("lucas_kanade" + rest, frames, 1, solves<lucas_kanade>(lucas_kanade_preset(quality)));
    }
  const auto smallest = frame_names().front();
  add("horn_schunck/fast/" + smallest + "_x32", smallest, 32,
      solves<horn_schunck>(horn_schunck_preset(flow_quality::fast)));
  add("lucas_kanade/fast/" + smallest + "_x32", smallest, 32,
      solves<lucas_kanade>(lucas_kanade_preset(flow_quality::fast)));
  for (const auto& frames : frame_names())
    for (int count : {1000, 10000})
      add("track_points/" + std::to_string(count) + "/" + frames, frames, 1, tracks(count));
}

}  // namespace
}  // namespace fluxel::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  fluxel::bench::add_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
