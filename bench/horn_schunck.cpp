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

std::function<void()> solve_call(const frame_pair& frames, image_view<float> flow, flow_quality quality,
                                 int threads) {
  auto options = horn_schunck_preset(quality);
  options.threads = threads;
  const flow_geometry geometry{frames.prev.width(), frames.prev.height(), 1, element_type::u8};
  auto solver = std::make_shared<horn_schunck>(geometry, options, run_on::cpu);
  return [=, &frames] { solver->solve<u8>(frames.prev.view(), frames.next.view(), flow); };
}

void add(const std::string& name, const frame_pair& frames,
         const std::function<std::function<void()>(image_view<float>)>& prepare) {
  auto run = [&frames, prepare](benchmark::State& state) {
    image<float> flow(frames.prev.width(), frames.prev.height(), 2);
    const auto call = prepare(flow.view());
    for (auto _ : state) {
      call();
      benchmark::ClobberMemory();
    }
    state.counters["MP/s"] = benchmark::Counter(frames.prev.width() * 1e-6 * frames.prev.height(),
                                                benchmark::Counter::kIsIterationInvariantRate);
  };
  benchmark::RegisterBenchmark(name.c_str(), run)->UseRealTime()->Unit(benchmark::kMillisecond);
}

void add_frames(const frame_pair& frames) {
  const std::pair<const char*, flow_quality> qualities[] = {
      {"fast", flow_quality::fast}, {"balanced", flow_quality::balanced}, {"accurate", flow_quality::accurate}};
  for (int threads : {1, 0}) {
    const std::string who = std::to_string(threads);
    for (const auto& [name, quality] : qualities)
      add(std::string("horn_schunck/").append(name) + "/" + frames.name + "/cpu/" + who, frames,
          [&frames, q = quality, threads](image_view<float> flow) { return solve_call(frames, flow, q, threads); });
    const auto view = frames.prev.view();
    if (!reference_dis(view, frames.next.view(), {}, threads)) continue;
    add("horn_schunck/dis_medium/" + frames.name + "/opencv/" + who, frames,
        [&frames, threads](image_view<float> flow) {
          return reference_dis(frames.prev.view(), frames.next.view(), flow, threads);
        });
  }
}

}  // namespace
}  // namespace fluxel::bench

int main(int argc, char** argv) {
  static const auto frames = fluxel::bench::bench_frames();
  for (const auto& f : frames) fluxel::bench::add_frames(f);
  fluxel::bench::add_flow_steps(frames.front());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
