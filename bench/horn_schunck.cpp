// Horn-Schunck flow on the CPU, beside OpenCV's DIS.
//
// Names: horn_schunck/<quality>/<frames>/cpu/<threads> and horn_schunck/dis_medium/<frames>/opencv/<threads>; threads
// 0 are all. The objects are built before the measurement. See flow_frames.hpp for the frames, flow_steps.cpp for the
// steps of a solve one by one.

#include "fluxel/horn_schunck.hpp"

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <string>

#include "bench/flow_frames.hpp"
#include "bench/flow_steps.hpp"
#include "bench/reference_flow.hpp"

namespace fluxel::bench {
namespace {

/// What is measured, made from the frames before the clock runs.
using preparation = std::function<std::function<void()>(const frame_pair&, image_view<float>)>;

preparation solve_with(flow_quality quality, int threads) {
  return [=](const frame_pair& frames, image_view<float> flow) -> std::function<void()> {
    auto options = horn_schunck_preset(quality);
    options.threads = threads;
    const flow_geometry geometry{frames.prev.width(), frames.prev.height(), 1, element_type::u8};
    auto solver = std::make_shared<horn_schunck>(geometry, options, run_on::cpu);
    return [=, &frames] { solver->solve<u8>(frames.prev.view(), frames.next.view(), flow); };
  };
}

void add(const std::string& method, const std::string& frames, const std::string& who, const preparation& prepare) {
  auto run = [=](benchmark::State& state) {
    const frame_pair& pair = frames_of(frames);
    image<float> flow(pair.prev.width(), pair.prev.height(), 2);
    const auto call = prepare(pair, flow.view());
    for (auto _ : state) {
      call();
      benchmark::ClobberMemory();
    }
    state.counters["MP/s"] = benchmark::Counter(pair.prev.width() * 1e-6 * pair.prev.height(),
                                                benchmark::Counter::kIsIterationInvariantRate);
  };
  benchmark::RegisterBenchmark(("horn_schunck/" + method + "/" + frames + "/" + who).c_str(), run)
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

void add_frames(const std::string& frames) {
  for (int threads : {1, 0}) {
    const std::string count = std::to_string(threads);
    add("fast", frames, "cpu/" + count, solve_with(flow_quality::fast, threads));
    add("balanced", frames, "cpu/" + count, solve_with(flow_quality::balanced, threads));
    add("accurate", frames, "cpu/" + count, solve_with(flow_quality::accurate, threads));
    if (!has_reference_dis()) continue;
    add("dis_medium", frames, "opencv/" + count, [=](const frame_pair& pair, image_view<float> flow) {
      return reference_dis(pair.prev.view(), pair.next.view(), flow, threads);
    });
  }
}

}  // namespace
}  // namespace fluxel::bench

int main(int argc, char** argv) {
  const auto frames = fluxel::bench::frame_names();
  for (const auto& f : frames) fluxel::bench::add_frames(f);
  fluxel::bench::add_flow_steps(frames.front());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
