// SPDX-License-Identifier: Apache-2.0
// Bilinear resize on the CPU: fluxel, the libraries that the build found, and memcpy of as many bytes as the roof.
//
// Names: resize_bilinear/<pixels>/<scaling>/<who>/<threads>; threads 0 are all. `cpu` is the call, `resizer` the
// object made once. "mean error" and "max error" are distances from the exact result in units of the pixels. Compare
// medians of interleaved repetitions (bench/compare.py).

#include "fluxel/resize.hpp"

#include <benchmark/benchmark.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <random>

#include "bench/cases.hpp"
#include "bench/rivals_cpu/exact.hpp"
#include "bench/rivals_cpu/rival.hpp"
#include "fluxel/image.hpp"
#include "fluxel/resizer.hpp"

namespace fluxel::bench {
namespace {

template <class T>
image<T> random_image(size dim, int channels, int planes) {
  image<T> im(dim.width, dim.height, channels, planes);
  std::mt19937 random(1);
  for (std::size_t i = 0; i < im.size(); ++i) im.data()[i] = static_cast<T>(random() >> 24);
  return im;
}

/// The images of one case, alive while its benches are.
template <class T>
struct images {
  image<T> src;
  image<T> dst;
  images(const scaling& s, int channels, int planes)
      : src(random_image<T>(s.src, channels, planes)), dst(s.dst.width, s.dst.height, channels, planes) {}
  std::size_t bytes() const { return (src.size() + dst.size()) * sizeof(T); }
  double pixels() const { return static_cast<double>(dst.size()) / dst.channels(); }
};

/// memcpy over threads of half the bytes: it reads and writes as many as a resize moves.
class copier {
 public:
  copier(std::size_t bytes, int threads)
      : half_(bytes / 2),
        from_(new char[half_]()),
        to_(new char[half_]()),
        threads_(threads != 0 ? threads : oneapi::tbb::info::default_concurrency()),
        arena_(threads_) {
    std::memset(from_.get(), 1, half_);
  }
  void operator()() {
    auto part = [&](int i) {
      const std::size_t first = half_ * i / threads_;
      std::memcpy(to_.get() + first, from_.get() + first, half_ * (i + 1) / threads_ - first);
    };
    if (threads_ == 1) return part(0);
    arena_.execute([&] { oneapi::tbb::parallel_for(0, threads_, part, oneapi::tbb::static_partitioner()); });
  }

 private:
  std::size_t half_;
  std::unique_ptr<char[]> from_, to_;
  int threads_;
  oneapi::tbb::task_arena arena_;
};

/// Seconds of the fastest of a few copies.
double copy_seconds(std::size_t bytes, int threads) {
  copier copy(bytes, threads);
  double best = 1e9;
  for (int i = 0; i < 20; ++i) {
    const auto start = std::chrono::steady_clock::now();
    copy();
    benchmark::ClobberMemory();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

struct amount {
  std::size_t bytes;
  double pixels;
};

template <class F>
void measure(benchmark::State& state, const amount& of, int threads, F&& call,
             const std::function<error_of_result()>& error = {}) {
  call();
  if (error) {
    const error_of_result e = error();
    state.counters["mean error"] = e.mean;
    state.counters["max error"] = e.max;
  }
  double seconds = 0;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    call();
    benchmark::ClobberMemory();
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    state.SetIterationTime(took);
    seconds += took;
  }
  const double n = static_cast<double>(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(n * static_cast<double>(of.bytes)));
  state.counters["MP/s"] = of.pixels * n / seconds / 1e6;
  state.counters["% of copy"] = 100 * copy_seconds(of.bytes, threads) * n / seconds;
}

template <class F>
void add(const std::string& name, const amount& of, int threads, F&& call,
         std::function<error_of_result()> error = {}) {
  benchmark::RegisterBenchmark((name + "/" + std::to_string(threads)).c_str(),
                               [of, threads, call = std::forward<F>(call), error](benchmark::State& state) mutable {
                                 measure(state, of, threads, call, error);
                               })
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

void add_copy(const std::string& name, const amount& of, int threads) {
  benchmark::RegisterBenchmark((name + "/memcpy/" + std::to_string(threads)).c_str(),
                               [of, threads](benchmark::State& state) {
                                 copier copy(of.bytes, threads);
                                 measure(state, of, threads, copy);
                               })
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

/// Every library that has such a resize.
template <class T>
void add_rivals(const std::string& name, const amount& of, const resize_task& task, std::shared_ptr<images<T>> io) {
  for (const rival& r : rivals()) {
    const prepared_call call = r.prepare(task);
    if (!call.run) continue;
    add(name + "/" + r.name, of, task.threads, call.run, [io, task, call] {
      if (call.finish) call.finish();
      return bilinear_error<T>(task);
    });
  }
}

template <class T>
void add_case(const std::string& pixels, const scaling& s, int channels, int planes) {
  auto io = std::make_shared<images<T>>(s, channels, planes);
  const std::string name = "resize_bilinear/" + pixels + "/" + s.name;
  const amount of{io->bytes(), io->pixels()};
  resize_task task{element_traits<T>::type, s.src, s.dst, channels, planes, io->src.data(), io->dst.data()};
  auto error = [io, task] { return bilinear_error<T>(task); };
  for (int threads : {1, 0}) {
    task.threads = threads;
    add(
        name + "/cpu", of, threads,
        [io, threads] { resize_bilinear<T>(io->src.view(), io->dst.view(), {}, {.threads = threads}); }, error);
    const resize_geometry geometry{s.src, s.dst, channels, element_traits<T>::type};
    auto object = std::make_shared<resizer>(geometry, resize_options{}, placement{.threads = threads});
    add(
        name + "/resizer", of, threads, [io, object] { object->run(io->src.view(), io->dst.view()); }, error);
    add_rivals<T>(name, of, task, io);
    add_copy(name, of, threads);
  }
}

/// An NV12 frame in one allocation, chroma after luma.
struct surface {
  size luma;
  std::vector<u8> bytes;
  explicit surface(size dim) : luma(dim), bytes(static_cast<std::size_t>(dim.width) * dim.height * 3 / 2, 99) {}
  template <class Void>
  frame_view<Void> view() {
    return surface_view<Void>(formats::nv12(luma), bytes.data(), luma.width, luma.height, memory_kind::host);
  }
  u8* plane(int p) { return bytes.data() + (p == 0 ? 0 : static_cast<std::size_t>(luma.width) * luma.height); }
};

/// Luma (0), or both chroma samples as two channels (1).
resize_task plane_task(surface& src, surface& dst, int p, int threads) {
  return {.src = {src.luma.width >> p, src.luma.height >> p},
          .dst = {dst.luma.width >> p, dst.luma.height >> p},
          .channels = 1 + p,
          .from = src.plane(p),
          .to = dst.plane(p),
          .threads = threads};
}

void add_nv12(const scaling& s) {
  auto src = std::make_shared<surface>(s.src);
  auto dst = std::make_shared<surface>(s.dst);
  const std::string name = std::string("resize_bilinear/nv12/") + s.name;
  const amount of{src->bytes.size() + dst->bytes.size(), static_cast<double>(s.dst.width) * s.dst.height};
  for (int threads : {1, 0}) {
    auto object =
        std::make_shared<resizer>(formats::nv12(s.src), s.dst, resize_options{}, placement{.threads = threads});
    add(name + "/resizer", of, threads,
        [src, dst, object] { object->run(src->view<const void>(), dst->view<void>()); });
    for (const rival& r : rivals()) {
      const prepared_call luma = r.prepare(plane_task(*src, *dst, 0, threads));
      const prepared_call chroma = r.prepare(plane_task(*src, *dst, 1, threads));
      if (luma.run && chroma.run)
        add(name + "/" + r.name, of, threads, [src, dst, luma, chroma] { luma.run(), chroma.run(); });
    }
    add_copy(name, of, threads);
  }
}

void add_all() {
  for (const auto& s : scalings) {
    for (int channels : {1, 3, 4}) add_case<u8>(pixel_name<u8>(channels), s, channels, 1);
    for (int channels : {1, 3}) add_case<f32>(pixel_name<f32>(channels), s, channels, 1);
  }
  add_case<f32>("f32_nchw", {"3x1080p_to_4K", hd1080, uhd}, 1, 3);
  add_case<f32>("f32_nchw", {"64x128_to_256", {128, 128}, {256, 256}}, 1, 64);
  add_nv12(scalings[0]);
}

}  // namespace
}  // namespace fluxel::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("fluxel", fluxel::cpu_target());
  for (const auto& r : fluxel::bench::rivals()) benchmark::AddCustomContext(r.name, r.version);
  fluxel::bench::add_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
