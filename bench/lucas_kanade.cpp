// SPDX-License-Identifier: Apache-2.0
// Dense Lucas-Kanade flow on the CPU, beside OpenCV's DIS and its tracker on every pixel.
//
// Names: lucas_kanade/<method>/<frames>/cpu/<threads>, lucas_kanade/dis_medium/<frames>/opencv/<threads> and
// lucas_kanade/pyr_lk/vga/opencv/1; threads 0 are all. The objects are built before the measurement. See
// flow_frames.hpp for the frames.

#include "fluxel/lucas_kanade.hpp"

#include <benchmark/benchmark.h>

#include <string>

#include "bench/flow_frames.hpp"
#include "bench/flow_rows.hpp"
#include "bench/reference_flow.hpp"

namespace fluxel::bench {
namespace {

void add(const std::string& method, const std::string& frames, const std::string& who, const preparation& prepare) {
  add_flow_row("lucas_kanade/" + method + "/" + frames + "/" + who, frames, prepare);
}

void add_frames(const std::string& frames) {
  for (int threads : {1, 0}) {
    const std::string count = std::to_string(threads);
    auto solve = [=](const lucas_kanade_options& options) { return solve_with<lucas_kanade>(options, threads); };
    add("fast", frames, "cpu/" + count, solve(lucas_kanade_preset(flow_quality::fast)));
    add("balanced", frames, "cpu/" + count, solve(lucas_kanade_preset(flow_quality::balanced)));
    add("accurate", frames, "cpu/" + count, solve(lucas_kanade_preset(flow_quality::accurate)));
    add("multiscale", frames, "cpu/" + count, solve(lucas_kanade_multiscale()));
    if (!has_reference_dis()) continue;
    add("dis_medium", frames, "opencv/" + count, [=](const frame_pair& pair, image_view<float> flow) {
      return reference_dis(pair.prev.view(), pair.next.view(), flow, threads);
    });
  }
}

/// Slow: on the smallest frames alone.
void add_tracker(const std::string& frames) {
  add("pyr_lk", frames, "opencv/1", [](const frame_pair& pair, image_view<float> flow) {
    return reference_pyr_lk(pair.prev.view(), pair.next.view(), flow, 1);
  });
}

}  // namespace
}  // namespace fluxel::bench

int main(int argc, char** argv) {
  const auto frames = fluxel::bench::frame_names();
  for (const auto& f : frames) fluxel::bench::add_frames(f);
  if (fluxel::bench::has_reference_dis()) fluxel::bench::add_tracker(frames.front());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
