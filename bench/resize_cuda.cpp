// SPDX-License-Identifier: Apache-2.0
// Bilinear resize on a CUDA device, through the public calls on device memory. Skips without a device.
//
// Times are of events around one pass over so many buffers that together they exceed four times the L2 cache, and
// the roof is a device copy of as many bytes over the same buffers.

#include <benchmark/benchmark.h>
#include <cuda_runtime_api.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bench/cases.hpp"
#include "bench/cuda_device.hpp"
#include "fluxel/resize.hpp"

namespace fluxel::bench {
namespace {

struct shape {
  scaling s;
  int channels;
  int planes = 1;
  int count = 1;
};

template <class T>
image_view<T> view_of(const device_buffer& memory, size dim, const shape& c) {
  return {.data = static_cast<T*>(memory.get()),
          .width = dim.width,
          .height = dim.height,
          .channels = c.channels,
          .planes = c.planes,
          .count = c.count,
          .memory = memory_kind::device};
}

std::size_t elements(size dim, const shape& c) {
  return static_cast<std::size_t>(dim.width) * dim.height * c.channels * c.planes * c.count;
}

/// Source and destination buffers in rotation.
template <class T>
struct rotation {
  std::vector<device_buffer> src, dst;
  std::size_t src_bytes, dst_bytes;

  explicit rotation(const shape& c)
      : src_bytes(elements(c.s.src, c) * sizeof(T)), dst_bytes(elements(c.s.dst, c) * sizeof(T)) {
    int l2 = 0;
    cudaDeviceGetAttribute(&l2, cudaDevAttrL2CacheSize, 0);
    const std::size_t n = 4 * static_cast<std::size_t>(l2) / (src_bytes + dst_bytes) + 2;
    for (std::size_t i = 0; i < n; ++i) {
      src.emplace_back(src_bytes);
      dst.emplace_back(dst_bytes);
      if (src.back().get() == nullptr || dst.back().get() == nullptr) {
        src.clear();
        return;
      }
    }
  }
};

template <class T>
void measure(benchmark::State& state, const shape& c, bool copy) {
  if (device_count() == 0) {
    state.SkipWithError(no_device_reason().c_str());
    return;
  }
  rotation<T> buffers(c);
  if (buffers.src.empty()) {
    state.SkipWithError("not enough device memory");
    return;
  }
  const std::size_t n = buffers.src.size();
  const std::size_t moved = buffers.src_bytes + buffers.dst_bytes;
  // Within one buffer: its halves do not overlap, and half of all bytes read plus half written is what a resize
  // moves.
  const bool from_src = buffers.src_bytes >= buffers.dst_bytes;
  const std::size_t half = (from_src ? buffers.src_bytes : buffers.dst_bytes) / 2;
  auto copy_all = [&](cudaStream_t stream) {
    for (std::size_t i = 0; i < n; ++i) {
      auto* p = static_cast<std::byte*>((from_src ? buffers.src : buffers.dst)[i].get());
      cudaMemcpyAsync(p + half, p, half, cudaMemcpyDeviceToDevice, stream);
    }
  };
  auto resize_all = [&](cudaStream_t stream) {
    for (std::size_t i = 0; i < n; ++i)
      resize_bilinear<T>(view_of<const T>(buffers.src[i], c.s.src, c), view_of<T>(buffers.dst[i], c.s.dst, c), {}, {},
                         stream_ref(stream));
  };
  timer time;
  resize_all(nullptr);
  cudaDeviceSynchronize();
  const double copied = static_cast<double>(2 * half) * static_cast<double>(n);
  double copy_rate = 0;  // bytes per ms
  for (int i = 0; i < 5; ++i) copy_rate = std::max(copy_rate, copied / time(copy_all));
  double ms = 0;
  for (auto _ : state) {
    const double pass = copy ? time(copy_all) : time(resize_all);
    state.SetIterationTime(pass / 1e3 / static_cast<double>(n));
    ms += pass / static_cast<double>(n);
  }
  const double per_call = ms / static_cast<double>(state.iterations());
  const double bytes = copy ? static_cast<double>(2 * half) : static_cast<double>(moved);
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes * static_cast<double>(state.iterations())));
  state.counters["MP/s"] = static_cast<double>(elements(c.s.dst, c)) / c.channels / per_call / 1e3;
  state.counters["% of copy"] = 100 * bytes / per_call / copy_rate;
}

template <class T>
void add(const std::string& pixels, const shape& c) {
  const std::string name = "resize_bilinear/" + pixels + "/" + c.s.name;
  for (bool copy : {false, true})
    benchmark::RegisterBenchmark((name + (copy ? "/memcpy/0" : "/cuda/0")).c_str(),
                                 [c, copy](benchmark::State& state) { measure<T>(state, c, copy); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
}

void add_all() {
  for (const auto& s : scalings) {
    for (int channels : {1, 3, 4}) add<u8>(pixel_name<u8>(channels), {s, channels});
    for (int channels : {1, 3}) add<f32>(pixel_name<f32>(channels), {s, channels});
  }
  add<u8>("u8x3", {{"64x1080p_to_540p", hd1080, hd540}, 3, 1, 64});
  add<f32>("f32_nchw", {{"8x64x128_to_256", {128, 128}, {256, 256}}, 1, 64, 8});
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
