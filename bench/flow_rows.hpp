// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of the benches of dense optical flow.

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <string>

#include "bench/flow_frames.hpp"
#include "fluxel/flow.hpp"
#include "fluxel/image.hpp"

namespace fluxel::bench {

/// What is measured, made from the frames before the clock runs.
using preparation = std::function<std::function<void()>(const frame_pair&, image_view<float>)>;

template <class Solver, class Options>
preparation solve_with(const Options& options, int threads) {
  return [=](const frame_pair& frames, image_view<float> flow) -> std::function<void()> {
    const flow_geometry geometry{frames.prev.width(), frames.prev.height(), 1, element_type::u8};
    auto solver =
        std::make_shared<Solver>(geometry, options, placement{.processor = run_on::cpu, .threads = threads});
    return [=, &frames] { solver->run(frames.prev, frames.next, flow); };
  };
}

/// A row: `name` is OBJECT/METHOD/FRAMES/WHO.
inline void add_flow_row(const std::string& name, const std::string& frames, const preparation& prepare) {
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
  benchmark::RegisterBenchmark(name.c_str(), run)->UseRealTime()->Unit(benchmark::kMillisecond);
}

}  // namespace fluxel::bench
