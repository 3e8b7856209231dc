// SPDX-License-Identifier: Apache-2.0
// Horn-Schunck flow on the CPU, beside OpenCV's DIS.
//
// Names: horn_schunck/<quality>/<frames>/cpu/<threads> and horn_schunck/dis_medium/<frames>/opencv/<threads>; threads
// 0 are all. The objects are built before the measurement. See flow_frames.hpp for the frames, flow_steps.cpp for the
// steps of a solve one by one.

#include "fluxel/horn_schunck.hpp"

#include <benchmark/benchmark.h>

#include <string>

#include "bench/flow_frames.hpp"
#include "bench/flow_rows.hpp"
#include "bench/flow_steps.hpp"
#include "bench/reference_flow.hpp"

namespace fluxel::bench {
namespace {

void add(const std::string& method, const std::string& frames, const std::string& who, const preparation& prepare) {
  add_flow_row("horn_schunck/" + method + "/" + frames + "/" + who, frames, prepare);
}

preparation solve(flow_quality quality, int threads) {
  return solve_with<horn_schunck>(horn_schunck_preset(quality), threads);
}

void add_frames(const std::string& frames) {
  for (int threads : {1, 0}) {
    const std::string count = std::to_string(threads);
    add("fast", frames, "cpu/" + count, solve(flow_quality::fast, threads));
    add("balanced", frames, "cpu/" + count, solve(flow_quality::balanced, threads));
    add("accurate", frames, "cpu/" + count, solve(flow_quality::accurate, threads));
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
