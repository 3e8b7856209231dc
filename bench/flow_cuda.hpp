// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of the benches of optical flow on a CUDA device.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "bench/cuda_device.hpp"

namespace fluxel::bench {

/// Work that is the same several times over, on memory that rotates.
struct repeated_call {
  std::function<void(cudaStream_t)> enqueue;  ///< all of it
  double calls = 1;
  double megapixels = 0;  ///< of a call
};

/// A row whose iterations are replays of what `prepare` makes, captured in a graph, or enqueued on a stream; the time
/// is of one call.
inline void add_device_row(const std::string& name, bool graph, std::function<repeated_call()> prepare) {
  constexpr int repetitions = 4;
  auto run = [graph, prepare = std::move(prepare)](benchmark::State& state) {
    try {
      const repeated_call work = prepare();
      work.enqueue(nullptr);  // kernels are loaded outside the capture
      cudaDeviceSynchronize();
      const captured calls([&](cudaStream_t stream) {
        if (graph) work.enqueue(stream);
      });
      if (!calls.ok()) throw std::runtime_error("the call cannot be captured");
      timer time;
      const auto once = [&](cudaStream_t stream) { graph ? calls.replay(stream) : work.enqueue(stream); };
      time(once);
      for (auto _ : state) state.SetIterationTime(time(once) / 1e3 / work.calls);
      state.counters["MP/s"] = benchmark::Counter(work.megapixels, benchmark::Counter::kIsIterationInvariantRate);
    } catch (const std::exception& e) {
      state.SkipWithError(e.what());
    }
  };
  benchmark::RegisterBenchmark(name.c_str(), std::move(run))
      ->Iterations(repetitions)
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

/// The functions of the backend's table one by one, on frames of this name.
void add_flow_cuda_steps(const std::string& frames);

}  // namespace fluxel::bench
