// SPDX-License-Identifier: Apache-2.0
// Resizes, transposed convolutions and adjoints on a CUDA device, through the C interface on device memory. Without a
// device it says so and ends with 0 and no rows.
//
// A case captures one call for each of many buffer pairs, together larger than four L2 caches, and replays that graph
// a fixed number of times between events: Google Benchmark chooses no count. "% of copy" compares with a device copy
// of as many bytes over the same buffers in the same run, which also stands as a row of its own (memcpy). Rows that
// end in /host/0 are the time that a call takes on the host until it returns.

#include <benchmark/benchmark.h>
#include <cuda_runtime_api.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/cases.hpp"
#include "bench/cuda_device.hpp"
#include "fluxel/fluxel.h"
#include "fluxel/resize_pointers.hpp"

namespace fluxel::bench {
namespace {

constexpr int replays = 9;
constexpr double most_seconds = 85;  // of the whole program: later cases are skipped, with that reason

double seconds_since_start() {
  static const auto start = std::chrono::steady_clock::now();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void check(fluxel_status s) {
  if (s != FLUXEL_STATUS_OK) throw std::runtime_error(fluxel_last_message());
}

using call = std::function<void(void* src, void* dst, cudaStream_t stream)>;

struct work {
  std::string name;
  std::size_t src_bytes, dst_bytes;
  double output_pixels;
  std::function<call()> prepare;
};

/// Milliseconds of every replay after the first two.
std::vector<float> replay(const captured& graph) {
  timer time;
  std::vector<float> ms;
  for (int i = 0; i < replays + 2; ++i) ms.push_back(time([&](cudaStream_t stream) { graph.replay(stream); }));
  ms.erase(ms.begin(), ms.begin() + 2);
  return ms;
}

void measure(benchmark::State& state, const work& w, bool copy) {
  if (seconds_since_start() > most_seconds) throw std::runtime_error("not run: the time of the bench is over");
  const rotating_pairs pairs(w.src_bytes, w.dst_bytes);
  if (!pairs.ok()) throw std::runtime_error("not enough device memory");
  // Within one buffer: half of all bytes read plus half written is what the work moves.
  const bool from_src = w.src_bytes >= w.dst_bytes;
  const std::size_t half = std::max(w.src_bytes, w.dst_bytes) / 2;
  const captured copies([&](cudaStream_t stream) {
    for (std::size_t i = 0; i < pairs.count(); ++i) {
      std::byte* p = from_src ? pairs.src(i) : pairs.dst(i);
      cudaMemcpyAsync(p + half, p, half, cudaMemcpyDeviceToDevice, stream);
    }
  });
  const call run = w.prepare();
  run(pairs.src(0), pairs.dst(0), nullptr);  // kernels are loaded outside the capture
  cudaDeviceSynchronize();
  const captured calls([&](cudaStream_t stream) {
    for (std::size_t i = 0; i < pairs.count(); ++i) run(pairs.src(i), pairs.dst(i), stream);
  });
  if (!copies.ok() || !calls.ok()) throw std::runtime_error("the calls could not be captured in a graph");
  const auto copied = replay(copies);
  const auto n = static_cast<double>(pairs.count());
  const double copy_rate = static_cast<double>(2 * half) * n / *std::min_element(copied.begin(), copied.end());
  const auto times = copy ? copied : replay(calls);
  std::size_t next = 0;
  double ms = 0;
  for (auto _ : state) {
    const double per_call = times[next++ % times.size()] / n;
    state.SetIterationTime(per_call / 1e3);
    ms += per_call;
  }
  const double per_call = ms / static_cast<double>(state.iterations());
  const auto bytes = static_cast<double>(copy ? 2 * half : w.src_bytes + w.dst_bytes);
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes * static_cast<double>(state.iterations())));
  state.counters["MP/s"] = w.output_pixels / per_call / 1e3;
  state.counters["% of copy"] = 100 * bytes / per_call / copy_rate;
}

void add(const work& w) {
  for (const bool copy : {false, true})
    benchmark::RegisterBenchmark((w.name + (copy ? "/memcpy/0" : "/cuda/0")).c_str(),
                                 [w, copy](benchmark::State& state) {
                                   try {
                                     measure(state, w, copy);
                                   } catch (const std::exception& e) {
                                     state.SkipWithError(e.what());
                                   }
                                 })
        ->Iterations(replays)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
}

struct shape {
  int channels = 1, planes = 1, count = 1;
};
struct pixels {
  fluxel_dtype type;
  int bytes;
};
constexpr pixels u8_pixels{FLUXEL_DTYPE_U8, 1}, u16_pixels{FLUXEL_DTYPE_U16, 2}, f16_pixels{FLUXEL_DTYPE_F16, 2},
    f32_pixels{FLUXEL_DTYPE_F32, 4};

fluxel_image image_on(void* data, pixels p, size s, const shape& c) {
  fluxel_image im = fluxel_image_of(p.type, data, s.width, s.height, c.channels);
  im.memory = FLUXEL_MEMORY_DEVICE;
  im.planes = c.planes;
  im.count = c.count;
  return im;
}
std::size_t bytes_of(pixels p, size s, const shape& c) {
  return static_cast<std::size_t>(p.bytes) * s.width * s.height * c.channels * c.planes * c.count;
}
work work_of(std::string name, pixels p, const scaling& s, const shape& from, const shape& to) {
  return {std::move(name),
          bytes_of(p, s.src, from),
          bytes_of(p, s.dst, to),
          static_cast<double>(bytes_of(p, s.dst, to)) / p.bytes / to.channels,
          {}};
}

void add_bilinear(const std::string& label, pixels p, const scaling& s, const shape& c) {
  work w = work_of("resize_bilinear/" + label + "/" + s.name, p, s, c, c);
  w.prepare = [=]() -> call {
    return [=](void* src, void* dst, cudaStream_t stream) {
      const fluxel_image from = image_on(src, p, s.src, c), to = image_on(dst, p, s.dst, c);
      check(fluxel_resize_bilinear(&from, &to, nullptr, nullptr, stream));
    };
  };
  add(w);
}

fluxel_placement on_cuda() {
  fluxel_placement where = fluxel_placement_default();
  where.run_on = FLUXEL_RUN_ON_CUDA;
  return where;
}

template <class T>
using handle = std::shared_ptr<T>;

void add_filtered(const char* method, fluxel_filter f, fluxel_antialias a, const std::string& label, pixels p,
                  const scaling& s, int channels) {
  const shape c{channels};
  work w = work_of(std::string("resize_") + method + "/" + label + "/" + s.name, p, s, c, c);
  w.prepare = [=]() -> call {
    fluxel_resize_options o = fluxel_resize_options_default();
    o.filter = f;
    o.antialias = a;
    const fluxel_resize_geometry g =
        fluxel_resize_geometry_of(p.type, s.src.width, s.src.height, s.dst.width, s.dst.height, channels);
    const fluxel_placement where = on_cuda();
    fluxel_resizer* made = nullptr;
    check(fluxel_resizer_create(&g, &o, &where, &made));
    const handle<fluxel_resizer> resizer(made, fluxel_resizer_destroy);
    return [=](void* src, void* dst, cudaStream_t stream) {
      const fluxel_image from = image_on(src, p, s.src, c), to = image_on(dst, p, s.dst, c);
      check(fluxel_resizer_run(resizer.get(), &from, &to, stream));
    };
  };
  add(w);
}

void add_upsample(int factor) {
  const scaling s{"8x64x128", {128, 128}, {128 * factor, 128 * factor}};
  const shape c{1, 64, 8};
  work w = work_of("upsample/f32_x" + std::to_string(factor) + "/" + s.name, f32_pixels, s, c, c);
  w.prepare = [=]() -> call {
    return [=](void* src, void* dst, cudaStream_t stream) {
      const fluxel_image from = image_on(src, f32_pixels, s.src, c), to = image_on(dst, f32_pixels, s.dst, c);
      check(fluxel_upsample_conv_transpose(&from, &to, factor, FLUXEL_EDGE_ZERO, nullptr, stream));
    };
  };
  add(w);
}

struct convolution {
  const char* name;
  int count, in, out, side, kernel, stride, pad;
};

void add_convolution(const convolution& v) {
  const int side = (v.side - 1) * v.stride + v.kernel - 2 * v.pad;
  const scaling s{v.name, {v.side, v.side}, {side, side}};
  const shape from{1, v.in, v.count}, to{1, v.out, v.count};
  work w = work_of(std::string("conv_transpose/f32/") + v.name, f32_pixels, s, from, to);
  w.prepare = [=]() -> call {
    const auto weights = std::make_shared<device_buffer>(std::size_t{4} * v.in * v.out * v.kernel * v.kernel);
    return [=](void* src, void* dst, cudaStream_t stream) {
      const fluxel_image x = image_on(src, f32_pixels, s.src, from), y = image_on(dst, f32_pixels, s.dst, to);
      const fluxel_conv_weights described{weights->get(), nullptr, v.in, v.out, v.kernel, v.kernel};
      fluxel_conv_transpose_options o = fluxel_conv_transpose_options_default();
      o.stride_x = o.stride_y = v.stride;
      o.left = o.top = o.right = o.bottom = v.pad;
      check(fluxel_conv_transpose(&x, &described, &y, &o, nullptr, stream));
    };
  };
  add(w);
}

void add_adjoint() {
  const scaling s{"8x64x256_to_128", {256, 256}, {128, 128}};
  const shape c{1, 64, 8};
  work w = work_of(std::string("bilinear_adjoint/f32/") + s.name, f32_pixels, s, c, c);
  w.prepare = [=]() -> call {
    // Of the resize whose gradient is taken: its source is what the adjoint writes.
    const fluxel_resize_geometry g =
        fluxel_resize_geometry_of(FLUXEL_DTYPE_F32, s.dst.width, s.dst.height, s.src.width, s.src.height, 1);
    const fluxel_placement where = on_cuda();
    fluxel_bilinear_adjoint* made = nullptr;
    check(fluxel_bilinear_adjoint_create(&g, nullptr, &where, &made));
    const handle<fluxel_bilinear_adjoint> adjoint(made, fluxel_bilinear_adjoint_destroy);
    return [=](void* src, void* dst, cudaStream_t stream) {
      const fluxel_image from = image_on(src, f32_pixels, s.src, c), to = image_on(dst, f32_pixels, s.dst, c);
      check(fluxel_bilinear_adjoint_run(adjoint.get(), &from, &to, stream));
    };
  };
  add(w);
}

/// Host time of the call on raw pointers, which validates, plans and launches. The images are small, so that the
/// stream's queue never fills.
void host_time(benchmark::State& state) {
  constexpr size from{96, 96}, to{64, 64};
  constexpr int calls = 256;
  const device_buffer src(96 * 96 * 3), dst(64 * 64 * 3);
  auto run = [&] {
    for (int i = 0; i < calls; ++i)
      resize_bilinear<u8>(static_cast<const u8*>(src.get()), from, from.width * 3, static_cast<u8*>(dst.get()), to,
                          to.width * 3, 3, {}, stream_ref());
  };
  run();
  for (auto _ : state) {
    cudaDeviceSynchronize();
    const auto start = std::chrono::steady_clock::now();
    run();
    state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / calls);
  }
  cudaDeviceSynchronize();
}

void add_bilinear_cases() {
  constexpr scaling enlarged{"720p_to_1080p", hd720, hd1080}, odd{"1080p_to_1008x567", hd1080, {1008, 567}};
  auto name = [](int channels) { return "u8x" + std::to_string(channels); };
  for (const scaling& s : scalings) {
    for (const int channels : {1, 3, 4}) add_bilinear(name(channels), u8_pixels, s, {channels});
    for (const int channels : {1, 3}) add_bilinear("f32x" + std::to_string(channels), f32_pixels, s, {channels});
  }
  for (const int channels : {1, 3, 4}) {
    add_bilinear(name(channels), u8_pixels, enlarged, {channels});
    add_bilinear(name(channels), u8_pixels, {"64x1080p_to_720p", hd1080, hd720}, {channels, 1, 64});
  }
  add_bilinear("u8x3", u8_pixels, odd, {3});
  add_bilinear("u8x3", u8_pixels, {"64x1080p_to_540p", hd1080, hd540}, {3, 1, 64});
  add_bilinear("u8x3", u8_pixels, {"32x1080p_to_4K", hd1080, uhd}, {3, 1, 32});
  add_bilinear("u8x3", u8_pixels, {"32x720p_to_1080p", hd720, hd1080}, {3, 1, 32});
  add_bilinear("u8x1", u8_pixels, {"64x1080p_to_4K", hd1080, uhd}, {1, 1, 64});
  const scaling maps{"8x64x128_to_256", {128, 128}, {256, 256}};
  add_bilinear("f32_nchw", f32_pixels, maps, {1, 64, 8});
  add_bilinear("f16_nchw", f16_pixels, maps, {1, 64, 8});
}

void add_filtered_cases() {
  constexpr scaling reduced{"4K_to_720p", uhd, hd720}, enlarged{"1080p_to_4K", hd1080, uhd};
  const pixels types[] = {u8_pixels, f32_pixels};
  for (const pixels& p : types) {
    const std::string label = p.bytes == 1 ? "u8x3" : "f32x3";
    add_filtered("area", FLUXEL_FILTER_AREA, FLUXEL_ANTIALIAS_NO, label, p, reduced, 3);
    add_filtered("bilinear_antialias", FLUXEL_FILTER_BILINEAR, FLUXEL_ANTIALIAS_YES, label, p, reduced, 3);
    add_filtered("bicubic_antialias", FLUXEL_FILTER_BICUBIC, FLUXEL_ANTIALIAS_YES, label, p, reduced, 3);
    add_filtered("lanczos3_antialias", FLUXEL_FILTER_LANCZOS3, FLUXEL_ANTIALIAS_YES, label, p, reduced, 3);
    add_filtered("bicubic", FLUXEL_FILTER_BICUBIC, FLUXEL_ANTIALIAS_NO, label, p, enlarged, 3);
  }
  add_filtered("lanczos3", FLUXEL_FILTER_LANCZOS3, FLUXEL_ANTIALIAS_NO, "u8x3", u8_pixels, enlarged, 3);
  add_filtered("lanczos3_antialias", FLUXEL_FILTER_LANCZOS3, FLUXEL_ANTIALIAS_YES, "u16x1", u16_pixels, reduced, 1);
}

void add_all() {
  add_bilinear_cases();
  add_filtered_cases();
  add_upsample(2);
  add_upsample(4);
  add_convolution({"dense_8x64to32_k4_s2_64x64", 8, 64, 32, 64, 4, 2, 1});
  add_convolution({"fcn32s_21to21_k64_s32_16x16", 1, 21, 21, 16, 64, 32, 16});
  add_convolution({"dcgan_64x512to256_k4_s2_8x8", 64, 512, 256, 8, 4, 2, 1});
  add_adjoint();
  benchmark::RegisterBenchmark("resize_bilinear/raw_call/96x96_to_64x64/host/0", host_time)
      ->Iterations(replays)
      ->UseManualTime()
      ->Unit(benchmark::kMicrosecond);
}

}  // namespace
}  // namespace fluxel::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  std::int32_t devices = 0;
  if (fluxel_device_count(&devices) != FLUXEL_STATUS_OK || devices == 0) {
    std::fprintf(stderr, "bench_resize_cuda: no CUDA device: %s\n", fluxel_no_device_reason());
    return 0;
  }
  fluxel::bench::seconds_since_start();
  fluxel::bench::add_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
