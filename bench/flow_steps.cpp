// SPDX-License-Identifier: Apache-2.0
// The steps of Horn-Schunck through the table of the kernels, as the preset `fast` takes them on the finest level.
// This is the only bench that looks behind the public headers: it shows where the time of a solve goes.

#include "bench/flow_steps.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/flow_energy.hpp"
#include "bench/flow_frames.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::bench {

namespace {

namespace k = fluxel::kernels;

/// Planes of one level, with room for every layout.
class level {
 public:
  explicit level(const frame_pair& frames)
      : size_{frames.prev.width(), frames.prev.height()},
        first(take<u16>(size_)),
        second(take<u16>(size_)),
        flow(take_flow(size_)),
        relaxed(take_flow(size_)),
        coarse(take_flow({(size_.width + 1) / 2, (size_.height + 1) / 2})),
        warped{take<std::int16_t>(size_), take<u8>(size_)},
        system{take<float>(size_), take<float>(size_), take<float>(size_), take<float>(size_),
               take<float>(size_), take<float>(size_), take<float>(size_)},
        scratch{take<float>(size_), take<float>(size_), take<float>(size_), take<float>(size_)},
        result(size_.width, size_.height, 2) {
    for (int d = 0; d < 400; ++d) edges.push_back(1 / (1 + 0.001f * static_cast<float>(d) * static_cast<float>(d)));
    for (int i = 0; i < 16; ++i) omegas.push_back(i == 0 ? 1.0f : 1.6f);
  }

 private:
  size size_;
  std::vector<std::unique_ptr<std::byte[]>> memory_;

  template <class T>
  k::plane<T> take(size s) {
    const std::ptrdiff_t pitch = k::flow_row_elements(s.width);
    memory_.push_back(std::make_unique<std::byte[]>(sizeof(T) * pitch * s.height + 64));
    auto at = reinterpret_cast<std::uintptr_t>(memory_.back().get());
    return {reinterpret_cast<T*>((at + 63) / 64 * 64), s.width, s.height, pitch, 1, pitch * s.height};
  }
  k::flow_planes take_flow(size s) { return {take<std::int16_t>(s), take<std::int16_t>(s)}; }

 public:
  k::plane<u16> first, second;
  k::flow_planes flow, relaxed, coarse;
  k::warped_frame warped;
  k::flow_system system;
  k::plane<float> scratch[4];
  image<float> result;
  std::vector<float> edges, omegas;
};

k::image image_of(const image<u8>& im) {
  return {.data = const_cast<u8*>(im.data()), .width = im.width(), .height = im.height(), .pitch = im.view().pitch};
}

using step = void (*)(const k::flow_functions&, const frame_pair&, level&, const k::launch_options&);

const k::intensity_scale of_u8{.type = element_type::u8, .red = 4899, .green = 9617, .blue = 1868};
const std::pair<const char*, step> steps[] = {
    {"intensity",
     [](const k::flow_functions& f, const frame_pair& in, level& l, const k::launch_options& launch) {
       f.intensity(image_of(in.prev), of_u8, nullptr, l.first, {}, launch);
       f.intensity(image_of(in.next), of_u8, nullptr, l.second, {}, launch);
     }},
    {"edge_weights",
     [](const k::flow_functions& f, const frame_pair&, level& l, const k::launch_options& launch) {
       f.edge_weights(l.first, l.flow, {l.edges, 0.1f}, l.system.right, l.system.down, launch);
     }},
    {"warp",
     [](const k::flow_functions& f, const frame_pair&, level& l, const k::launch_options& launch) {
       f.warp({l.first, l.second, {}, {}}, l.flow, l.warped, launch);
     }},
    {"linearise",
     [](const k::flow_functions& f, const frame_pair&, level& l, const k::launch_options& launch) {
       f.linearise({l.first, l.second, {}, {}}, l.warped, l.flow, energy, l.system, launch);
     }},
    {"relax_8_sweeps",
     [](const k::flow_functions& f, const frame_pair&, level& l, const k::launch_options& launch) {
       f.relax(l.system, {l.omegas, 64}, std::span<const k::plane<float>, 4>(l.scratch), l.flow, l.relaxed, launch);
     }},
    {"median_7x7", [](const k::flow_functions& f, const frame_pair&, level& l,
                      const k::launch_options& launch) { f.median(l.relaxed, l.flow, 3, launch); }},
    {"enlarge", [](const k::flow_functions& f, const frame_pair&, level& l,
                   const k::launch_options& launch) { f.upscale_flow(l.coarse, l.relaxed, launch); }},
    {"finish",
     [](const k::flow_functions& f, const frame_pair&, level& l, const k::launch_options& launch) {
       k::image u{.data = l.result.data(),
                  .width = l.result.width(),
                  .height = l.result.height(),
                  .channels = 2,
                  .pitch = l.result.view().pitch};
       k::image v = u;
       v.data = l.result.data() + 1;
       f.store_flow(l.flow, u, v, launch);
     }},
};

}  // namespace

void add_flow_steps(const std::string& name) {
  for (int threads : {1, 0})
    for (std::size_t last = 0; last < std::size(steps); ++last) {
      auto run = [name, threads, last](benchmark::State& state) {
        const frame_pair& frames = frames_of(name);
        const k::flow_functions& functions = k::cpu().flow;
        const k::launch_options launch{nullptr, threads};
        level l(frames);
        for (std::size_t i = 0; i <= last; ++i) steps[i].second(functions, frames, l, launch);  // on real contents
        for (auto _ : state) {
          steps[last].second(functions, frames, l, launch);
          benchmark::ClobberMemory();
        }
        state.counters["MP/s"] = benchmark::Counter(frames.prev.width() * 1e-6 * frames.prev.height(),
                                                    benchmark::Counter::kIsIterationInvariantRate);
      };
      const std::string row = std::string("horn_schunck/step/").append(steps[last].first) + "/" + name + "/cpu/" +
                              std::to_string(threads);
      benchmark::RegisterBenchmark(row.c_str(), run)->UseRealTime()->Unit(benchmark::kMillisecond);
    }
}

}  // namespace fluxel::bench
