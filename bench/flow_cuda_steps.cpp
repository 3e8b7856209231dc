// SPDX-License-Identifier: Apache-2.0
// The steps of dense flow through the table of the CUDA kernels, on one level, as the preset `fast` takes them. It
// looks behind the public headers: it shows where the time of a solve goes.

#include <cuda_runtime_api.h>

#include <memory>
#include <string>
#include <vector>

#include "bench/flow_cuda.hpp"
#include "bench/flow_energy.hpp"
#include "bench/flow_frames.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::bench {

namespace {

namespace k = fluxel::kernels;

/// Planes of one level on the device.
class device_level {
 public:
  explicit device_level(const frame_pair& frames) : size_{frames.prev.width(), frames.prev.height()} {
    std::vector<float> table;
    for (int d = 0; d < 400; ++d) table.push_back(1 / (1 + 0.001f * static_cast<float>(d) * static_cast<float>(d)));
    cudaMemcpy(edges.data, table.data(), table.size() * sizeof(float), cudaMemcpyHostToDevice);
    for (int i = 0; i < 12; ++i) omegas.push_back(i == 0 ? 1.0f : 1.6f);
    for (const image<u8>* im : {&frames.prev, &frames.next}) {
      const k::plane<u16>& to = im == &frames.prev ? prev : next;
      std::vector<u16> row(size_.width);
      for (int y = 0; y < size_.height; ++y) {
        for (int x = 0; x < size_.width; ++x) row[x] = static_cast<u16>((*im)(x, y) * 16);
        cudaMemcpy(to.data + y * to.pitch, row.data(), row.size() * sizeof(u16), cudaMemcpyHostToDevice);
      }
    }
    for (const auto& f : {flow, updated, coarse}) {
      cudaMemset(f.u.data, 0, f.u.stride * sizeof(std::int16_t));
      cudaMemset(f.v.data, 0, f.v.stride * sizeof(std::int16_t));
    }
  }

 private:
  size size_;
  std::vector<std::unique_ptr<device_buffer>> memory_;

  template <class T>
  k::plane<T> take(size s) {
    const std::ptrdiff_t pitch = k::flow_row_elements(s.width);
    memory_.push_back(std::make_unique<device_buffer>(sizeof(T) * pitch * s.height));
    if (memory_.back()->get() == nullptr) throw std::runtime_error("not enough device memory");
    return {static_cast<T*>(memory_.back()->get()), s.width, s.height, pitch, 1, pitch * s.height};
  }
  k::flow_planes take_flow(size s) { return {take<std::int16_t>(s), take<std::int16_t>(s)}; }

 public:
  k::plane<u16> prev = take<u16>(size_), next = take<u16>(size_);
  k::flow_planes flow = take_flow(size_), updated = take_flow(size_),
                 coarse = take_flow({(size_.width + 1) / 2, (size_.height + 1) / 2});
  k::warped_frame warped{take<std::int16_t>(size_), take<u8>(size_)};
  k::flow_system system{take<float>(size_), take<float>(size_), take<float>(size_), take<float>(size_),
                        take<float>(size_), take<float>(size_), take<float>(size_)};
  k::plane<float> scratch[4] = {take<float>(size_), take<float>(size_), take<float>(size_), take<float>(size_)};
  k::flow_windows windows{.rule = {.contrast_limit = 100, .scale = 1024, .change_limit = 2147483520.0f, .ridge = 1},
                          .radius = 2,
                          .entries = {take<std::int32_t>(size_), take<std::int32_t>(size_), take<std::int32_t>(size_),
                                      take<std::int32_t>(size_), take<std::int32_t>(size_)}};
  k::plane<float> result = take<float>({2 * size_.width, size_.height});
  k::plane<float> edges = take<float>({400, 1});
  std::vector<float> omegas;
};

using step = void (*)(const k::flow_functions&, const device_level&, const k::launch_options&);

const std::pair<const char*, step> steps[] = {
    {"edge_weights",
     [](const k::flow_functions& f, const device_level& l, const k::launch_options& launch) {
       f.edge_weights(l.prev, l.flow, {{l.edges.data, 400}, 0.1f}, l.system.right, l.system.down, launch);
     }},
    {"warp",
     [](const k::flow_functions& f, const device_level& l, const k::launch_options& launch) {
       f.warp({l.prev, l.next, {}, {}}, l.flow, l.warped, launch);
     }},
    {"linearise",
     [](const k::flow_functions& f, const device_level& l, const k::launch_options& launch) {
       f.linearise({l.prev, l.next, {}, {}}, l.warped, l.flow, energy, l.system, launch);
     }},
    {"relax_6_sweeps",
     [](const k::flow_functions& f, const device_level& l, const k::launch_options& launch) {
       f.relax(l.system, {l.omegas, 64}, std::span<const k::plane<float>, 4>(l.scratch), l.flow, l.updated, launch);
     }},
    {"solve_windows",
     [](const k::flow_functions& f, const device_level& l, const k::launch_options& launch) {
       f.solve_windows({l.prev, l.next, {}, {}}, l.warped, energy, l.windows, {l.flow, l.updated}, launch);
     }},
    {"median_7x7", [](const k::flow_functions& f, const device_level& l,
                      const k::launch_options& launch) { f.median(l.updated, l.flow, 3, launch); }},
    {"upscale", [](const k::flow_functions& f, const device_level& l,
                   const k::launch_options& launch) { f.upscale_flow(l.coarse, l.flow, launch); }},
    {"store",
     [](const k::flow_functions& f, const device_level& l, const k::launch_options& launch) {
       const int pitch = static_cast<int>(l.result.pitch * sizeof(float));
       const k::image u{
           .data = l.result.data, .width = l.flow.u.width, .height = l.flow.u.height, .channels = 2, .pitch = pitch};
       k::image v = u;
       v.data = l.result.data + 1;
       f.store_flow(l.flow, u, v, launch);
     }},
};

}  // namespace

void add_flow_cuda_steps(const std::string& frames) {
  for (std::size_t last = 0; last < std::size(steps); ++last)
    add_device_row("flow_step/" + std::string(steps[last].first) + "/" + frames + "/cuda_graph/0", true,
                   [=]() -> repeated_call {
                     if (k::cuda() == nullptr) throw std::runtime_error("built without CUDA");
                     const auto& functions = k::cuda()->flow;
                     constexpr int sets = 4, rounds = 8;
                     auto levels = std::make_shared<std::vector<std::unique_ptr<device_level>>>();
                     for (int i = 0; i < sets; ++i) {
                       levels->push_back(std::make_unique<device_level>(frames_of(frames)));
                       for (std::size_t s = 0; s < last; ++s)  // on what the steps before make
                         steps[s].second(functions, *levels->back(), {});
                     }
                     const auto& pixels = levels->front()->prev;
                     return {[=, &functions](cudaStream_t stream) {
                               for (int i = 0; i < sets * rounds; ++i)
                                 steps[last].second(functions, *(*levels)[i % sets], {.stream = stream});
                             },
                             sets * rounds, 1e-6 * pixels.width * pixels.height};
                   });
}

}  // namespace fluxel::bench
