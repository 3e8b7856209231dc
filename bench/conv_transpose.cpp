// SPDX-License-Identifier: Apache-2.0
// Transposed convolution and upsampling on the CPU, beside resize_bilinear and a copy of as many bytes.
//
// Counters: GB/s counts every source and destination byte once; GFLOP/s counts two operations for each tap of a
// general convolution. Names: <operation>/<type>/<shape>/<who>/<threads>; threads 0 are all. `cpu` is the call with
// weights as they come, `recognised` the object that found them to be bilinear; oneDNN stands beside where it is
// installed.

#include <benchmark/benchmark.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <cstring>
#include <string>

#include "bench/rivals_cpu/deconvolution.hpp"
#include "fluxel/image.hpp"
#include "fluxel/resize.hpp"
#include "fluxel/transposed_convolution.hpp"
#include "fluxel/upsample_conv_transpose.hpp"

namespace {

using namespace fluxel;

/// Pixels and weights without denormals.
template <class T>
void fill(T* p, std::size_t n) {
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < n; ++i) {
    state = state * 1664525u + 1013904223u;
    if constexpr (std::is_integral_v<T>)
      p[i] = static_cast<T>(state >> 16);
    else
      p[i] = static_cast<float>(state >> 8) * 0x1p-24f - 0.25f;
  }
}

struct tensor_case {
  const char* name;
  int in, out, groups;
  size src;
  int kernel, stride, pad;
  size dst() const {
    return {(src.width - 1) * stride + kernel - 2 * pad, (src.height - 1) * stride + kernel - 2 * pad};
  }
  double dst_bytes() const { return 4.0 * out * dst().width * dst().height; }
  double bytes() const { return 4.0 * in * src.width * src.height + dst_bytes(); }
  /// Multiply-adds are two operations; border outputs have fewer taps.
  double operations() const { return 2.0 * in * src.width * src.height * (out / groups) * kernel * kernel; }
};

constexpr tensor_case depthwise2{"depthwise_x2_k4_64x128x128", 64, 64, 64, {128, 128}, 4, 2, 1};
constexpr tensor_case depthwise4{"depthwise_x4_k8_64x128x128", 64, 64, 64, {128, 128}, 8, 4, 2};
constexpr tensor_case dense{"dense_64to32_k4_s2_64x64", 64, 32, 1, {64, 64}, 4, 2, 1};
constexpr tensor_case fcn{"fcn32s_21to21_k64_s32_16x16", 21, 21, 1, {16, 16}, 64, 32, 16};

image<f32> make(const tensor_case& c, bool nhwc, bool source) {
  const size s = source ? c.src : c.dst();
  const int channels = source ? c.in : c.out;
  image<f32> im(s.width, s.height, nhwc ? channels : 1, nhwc ? 1 : channels);
  fill(im.data(), im.size());
  return im;
}

void report(benchmark::State& state, double bytes, double operations = 0) {
  using benchmark::Counter;
  state.counters["GB/s"] = Counter(bytes * 1e-9, Counter::kIsIterationInvariantRate);
  if (operations != 0) state.counters["GFLOP/s"] = Counter(operations * 1e-9, Counter::kIsIterationInvariantRate);
}

void general(benchmark::State& state, const tensor_case& c, bool nhwc, int threads) {
  const auto src = make(c, nhwc, true);
  auto dst = make(c, nhwc, false);
  std::vector<float> weights(std::size_t(c.in) * (c.out / c.groups) * c.kernel * c.kernel);
  fill(weights.data(), weights.size());
  const conv_weights<f32> described{weights.data(), c.in, c.out / c.groups, c.kernel, c.kernel};
  const conv_transpose_options o{.stride_x = c.stride,
                                 .stride_y = c.stride,
                                 .left = c.pad,
                                 .top = c.pad,
                                 .right = c.pad,
                                 .bottom = c.pad,
                                 .groups = c.groups};
  for (auto _ : state) conv_transpose<f32>(src, described, {}, dst, o, {.threads = threads});
  report(state, c.bytes(), c.operations());
}

void rival(benchmark::State& state, const tensor_case& c, bool nhwc, int threads) {
  const auto src = make(c, nhwc, true);
  auto dst = make(c, nhwc, false);
  std::vector<float> weights(std::size_t(c.in) * (c.out / c.groups) * c.kernel * c.kernel);
  fill(weights.data(), weights.size());
  const auto call = bench::deconvolution_of_onednn({c.in, c.out, c.groups, c.src, c.kernel, c.stride, c.pad, nhwc,
                                                    src.data(), weights.data(), dst.data(), threads});
  if (!call) return state.SkipWithError("no such deconvolution");
  for (auto _ : state) call();
  report(state, c.bytes(), c.operations());
}

/// The plan made from bilinear weights.
void recognised(benchmark::State& state, const tensor_case& c, bool nhwc, int threads) {
  const auto src = make(c, nhwc, true);
  auto dst = make(c, nhwc, false);
  std::vector<float> weights;
  for (int i = 0; i < c.in; ++i) {
    const auto kernel = bilinear_kernel(c.stride);
    weights.insert(weights.end(), kernel.begin(), kernel.end());
  }
  const transposed_convolution plan(
      c.src, conv_weights<f32>{weights.data(), c.in, 1, c.kernel, c.kernel}, {},
      {.stride_x = c.stride, .stride_y = c.stride, .padding = padding_rule::same, .groups = c.groups},
      {.threads = threads});
  if (!plan.recognised_bilinear()) return state.SkipWithError("the bilinear kernel was not recognised");
  for (auto _ : state) plan.run(src.view(), dst.view());
  report(state, c.bytes());
}

void resized(benchmark::State& state, const tensor_case& c, bool nhwc, int threads) {
  const auto src = make(c, nhwc, true);
  auto dst = make(c, nhwc, false);
  for (auto _ : state) resize_bilinear<f32>(src.view(), dst.view(), {}, {.threads = threads});
  report(state, c.bytes());
}

enum class method { zero, replicate, resize };

void rgb(benchmark::State& state, method m, int threads) {
  image<u8> src(1920, 1080, 3), dst(3840, 2160, 3);
  fill(src.data(), src.size());
  for (auto _ : state) {
    if (m == method::resize)
      resize_bilinear<u8>(src.view(), dst.view(), {}, {.threads = threads});
    else
      upsample_conv_transpose<u8>(src.view(), dst.view(), 2, m == method::zero ? edge::zero : edge::replicate,
                                  {.threads = threads});
  }
  report(state, double(src.size() + dst.size()));
}

/// Copies a block as large as the destination: the ceiling. With several threads, as many blocks at once.
void copy(benchmark::State& state, double dst_bytes, int threads) {
  std::vector<char> from(static_cast<std::size_t>(dst_bytes), 1), to(from.size());
  const int blocks = threads == 1 ? 1 : tbb::this_task_arena::max_concurrency();
  const std::size_t block = from.size() / blocks;
  auto copy_block = [&](int i) { std::memcpy(to.data() + i * block, from.data() + i * block, block); };
  for (auto _ : state) {
    if (blocks == 1)
      copy_block(0);
    else
      tbb::parallel_for(0, blocks, copy_block, tbb::static_partitioner());
    benchmark::ClobberMemory();
  }
  report(state, 2.0 * double(from.size()));
}

template <class F, class... Arguments>
void add(const std::string& name, F f, Arguments... arguments) {
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& s) { f(s, arguments...); })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

void add_tensor(const tensor_case& c, bool nhwc, int threads) {
  const std::string name = std::string("conv_transpose/f32/") + c.name + (nhwc ? "_nhwc" : "");
  const std::string end = "/" + std::to_string(threads);
  add(name + "/cpu" + end, general, c, nhwc, threads);
  add(name + "/onednn" + end, rival, c, nhwc, threads);
  if (c.groups == 1) return;
  add(name + "/recognised" + end, recognised, c, nhwc, threads);
  add(name + "/resize_bilinear" + end, resized, c, nhwc, threads);
  add(name + "/memcpy" + end, copy, c.dst_bytes(), threads);
}

void add_all() {
  for (int threads : {1, 0}) {
    const std::string end = "/" + std::to_string(threads);
    for (const auto& c : {depthwise2, depthwise4, dense, fcn})
      for (bool nhwc : {false, true}) add_tensor(c, nhwc, threads);
    const std::string name = "upsample/u8x3/1080p_x2";
    add(name + "/zero" + end, rgb, method::zero, threads);
    add(name + "/replicate" + end, rgb, method::replicate, threads);
    add(name + "/resize_bilinear" + end, rgb, method::resize, threads);
    add(name + "/memcpy" + end, copy, 4.0 * 1920 * 1080 * 3, threads);
  }
}

}  // namespace

int main(int argc, char** argv) {
  add_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
