// SPDX-License-Identifier: Apache-2.0
// Optical flow on a CUDA device, through the public objects on device memory. Without a device it says so and ends
// with 0 and no rows.
//
// Names: <object>/<quality or number of points>/<frames>/cuda_graph/0. A case captures one call for each of several
// sets of frames and results, together larger than the L2 cache, and replays that graph a fixed number of times
// between events; times are for one call. /cuda/0 are as many calls enqueued on a stream. "vga_x32" are 32 pairs in
// one batch, "advance" is the next frame of a sequence, "without_search" has search.radius 0, "image_pyramid"
// the pyramids of both frames. Rows of flow_step are single functions of the backend's table on one level
// (flow_cuda_steps.cpp).

#include "bench/flow_cuda.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "bench/flow_frames.hpp"
#include "fluxel/flow_steps.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "fluxel/track_points.hpp"

namespace fluxel::bench {
namespace {

/// Sets of a pair of frames, `count` times, and room for their flow.
class device_frames {
 public:
  device_frames(const frame_pair& pair, int count)
      : width_(pair.prev.width()),
        height_(pair.prev.height()),
        count_(count),
        memory_(2 * count * pair.prev.size(), count * pair.prev.size() * 2 * sizeof(float)) {
    if (!memory_.ok()) throw std::runtime_error("not enough device memory");
    const std::size_t bytes = pair.prev.size();
    for (std::size_t i = 0; i < sets(); ++i)
      for (int n = 0; n < 2 * count; ++n)
        cudaMemcpy(memory_.src(i) + n * bytes, (n < count ? pair.prev : pair.next).data(), bytes,
                   cudaMemcpyHostToDevice);
  }
  std::size_t sets() const { return std::min<std::size_t>(memory_.count(), 24); }
  image_view<const u8> prev(std::size_t i) const { return view<const u8>(memory_.src(i), 1); }
  image_view<const u8> next(std::size_t i) const {
    return view<const u8>(memory_.src(i) + std::size_t(count_) * width_ * height_, 1);
  }
  image_view<float> flow(std::size_t i) const { return view<float>(memory_.dst(i), 2); }
  flow_geometry geometry() const { return {width_, height_, 1, element_type::u8, count_}; }

 private:
  template <class T>
  image_view<T> view(std::byte* memory, int channels) const {
    return {.data = reinterpret_cast<T*>(memory),
            .width = width_,
            .height = height_,
            .channels = channels,
            .count = count_,
            .memory = memory_kind::device};
  }
  int width_, height_, count_;
  rotating_pairs memory_;
};

/// Enqueues the call on set i.
using set_call = std::function<void(std::size_t i, stream_ref)>;
/// Makes the object; it lives as long as the call.
using preparation = std::function<set_call(const device_frames&)>;

void add(const std::string& name, const std::string& frames, int count, const preparation& prepare,
         bool on_stream = false) {
  const std::string rest = name + "/" + frames + (count > 1 ? "_x" + std::to_string(count) : "");
  for (bool graph : {true, false}) {
    if (!graph && !on_stream) continue;
    add_device_row(rest + (graph ? "/cuda_graph/0" : "/cuda/0"), graph, [=]() -> repeated_call {
      const auto on_device = std::make_shared<device_frames>(frames_of(frames), count);
      const set_call call = prepare(*on_device);
      const auto g = on_device->geometry();
      return {[=](cudaStream_t stream) {
                for (std::size_t i = 0; i < on_device->sets(); ++i) call(i, stream_ref(stream));
              },
              static_cast<double>(on_device->sets()), 1e-6 * g.width * g.height * g.count};
    });
  }
}

constexpr placement on_cuda{run_on::cuda};

template <class Object, class Options>
preparation solves(const Options& options) {
  return [options](const device_frames& f) -> set_call {
    auto object = std::make_shared<Object>(f.geometry(), options, on_cuda);
    return [object, &f](std::size_t i, stream_ref stream) { object->run(f.prev(i), f.next(i), f.flow(i), stream); };
  };
}

template <class Object, class Options>
preparation advances(const Options& options) {
  return [options](const device_frames& f) -> set_call {
    auto object = std::make_shared<Object>(f.geometry(), options, on_cuda);
    object->advance(f.prev(0), f.flow(0));
    return [object, &f](std::size_t i, stream_ref stream) { object->advance(f.next(i), f.flow(i), stream); };
  };
}

preparation builds_pyramids(double factor) {
  return [factor](const device_frames& f) -> set_call {
    using flow_steps::image_pyramid;
    std::shared_ptr<image_pyramid> both[2];
    for (auto& p : both)
      p = std::make_shared<image_pyramid>(f.geometry(), flow_pyramid_options{.factor = factor}, on_cuda);
    return [prev = both[0], next = both[1], &f](std::size_t i, stream_ref stream) {
      prev->run(f.prev(i), {}, stream);
      next->run(f.next(i), {}, stream);
    };
  };
}

/// `count` points on a grid.
preparation tracks(int count) {
  return [count](const device_frames& f) -> set_call {
    const auto g = f.geometry();
    std::vector<point> grid;
    for (int i = 0; i < count; ++i)
      grid.push_back({float(i * 7919LL % g.width), float(i * 104729LL / g.width % g.height)});
    auto from = std::make_shared<device_buffer>(count * sizeof(point)),
         to = std::make_shared<device_buffer>(count * sizeof(point));
    auto status = std::make_shared<device_buffer>(count);
    cudaMemcpy(from->get(), grid.data(), count * sizeof(point), cudaMemcpyHostToDevice);
    auto object = std::make_shared<point_tracker>(g, count, track_options{}, on_cuda);
    return [=, &f](std::size_t i, stream_ref stream) {
      object->run(f.prev(i), f.next(i),
                  {.from = {static_cast<const point*>(from->get()), std::size_t(count)},
                   .to = {static_cast<point*>(to->get()), std::size_t(count)},
                   .status = {static_cast<track_status*>(status->get()), std::size_t(count)}},
                  stream);
    };
  };
}

void add_all() {
  constexpr std::pair<flow_quality, const char*> qualities[] = {
      {flow_quality::fast, "fast"}, {flow_quality::balanced, "balanced"}, {flow_quality::accurate, "accurate"}};
  const auto names = frame_names();
  for (const auto& frames : names) {
    if (frames == "720p") continue;
    for (auto [quality, name] : qualities) {
      const std::string suffix = std::string("/") + name;
      const bool on_stream = quality == flow_quality::fast;
      add("horn_schunck" + suffix, frames, 1, solves<horn_schunck>(horn_schunck_preset(quality)), on_stream);
      add("lucas_kanade" + suffix, frames, 1, solves<lucas_kanade>(lucas_kanade_preset(quality)), on_stream);
    }
  }
  const auto fast = flow_quality::fast;
  const std::string smallest = names.front(), hd = names.size() > 2 ? names[2] : smallest;
  const auto best = flow_quality::best;
  add("horn_schunck/best", smallest, 1, solves<horn_schunck>(horn_schunck_preset(best)));
  add("lucas_kanade/best", smallest, 1, solves<lucas_kanade>(lucas_kanade_preset(best)));
  auto plain = horn_schunck_preset(flow_quality::balanced);
  plain.search.radius = 0;
  add("horn_schunck/balanced_without_search", hd, 1, solves<horn_schunck>(plain));
  add("horn_schunck/fast", smallest, 32, solves<horn_schunck>(horn_schunck_preset(fast)));
  add("lucas_kanade/fast", smallest, 32, solves<lucas_kanade>(lucas_kanade_preset(fast)));
  add("horn_schunck/fast_advance", hd, 1, advances<horn_schunck>(horn_schunck_preset(fast)));
  add("lucas_kanade/fast_advance", hd, 1, advances<lucas_kanade>(lucas_kanade_preset(fast)));
  add("horn_schunck/fast_advance", smallest, 1, advances<horn_schunck>(horn_schunck_preset(fast)));
  add("image_pyramid/0.5", hd, 1, builds_pyramids(0.5));
  add("image_pyramid/0.7", hd, 1, builds_pyramids(0.7));
  for (int count : {1000, 10000, 100000}) add("track_points/" + std::to_string(count), hd, 1, tracks(count));
  add_flow_cuda_steps(hd);
  add_flow_cuda_steps(smallest);
}

}  // namespace
}  // namespace fluxel::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  if (fluxel::device_count() == 0) {
    std::fprintf(stderr, "NOT RUN: %s\n", fluxel::no_device_reason().c_str());
    return 0;
  }
  fluxel::bench::add_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
