// SPDX-License-Identifier: Apache-2.0
// Derivatives and the linear system of one warp, from a tile of both frames in shared memory.

#include "kernels/common/flow/slopes.hpp"
#include "kernels/cuda/flow/flow.cuh"
#include "kernels/cuda/flow/lucas_kanade/windows.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int reach = derivative_reach;
constexpr int tile_x = flow_block_x + 2 * reach, tile_y = flow_block_y + 2 * reach;
constexpr int first_x = flow_block_x + reach, first_y = flow_block_y + reach;  // first derivatives: 2 to each side

/// `Output` says what becomes of a pixel's tensor.
template <class Output>
struct linearise_job {
  flow_frames frames;
  warped_frame warped;
  data_term_weights weights;
  Output output;
};

template <class Array>
__device__ __forceinline__ std::int32_t along_x(const Array& a, int x, int y) {
  return slope5(a[y][x - 2], a[y][x - 1], a[y][x + 1], a[y][x + 2]);
}
template <class Array>
__device__ __forceinline__ std::int32_t along_y(const Array& a, int x, int y) {
  return slope5(a[y - 2][x], a[y - 1][x], a[y + 1][x], a[y + 2][x]);
}

/// Into the pixel's equation of the linear system.
struct equation_output {
  flow_planes flow;
  float smoothness;
  flow_system system;

  __device__ __forceinline__ void operator()(const pixel& at, const flow_tensor& tensor) const {
    const auto& s = system;
    const float left = at.x > 0 ? pixel_at(s.right, {at.n, at.x - 1, at.y}) : 0.0f;
    const float above = at.y > 0 ? pixel_at(s.down, {at.n, at.x, at.y - 1}) : 0.0f;
    const float around = (left + pixel_at(s.right, at)) + (above + pixel_at(s.down, at));
    const auto e = flow_solve_pixel(tensor, smoothness, around, pixel_at(flow.u, at), pixel_at(flow.v, at));
    pixel_at(s.i11, at) = e.i11;
    pixel_at(s.i12, at) = e.i12;
    pixel_at(s.i22, at) = e.i22;
    pixel_at(s.c1, at) = e.c1;
    pixel_at(s.c2, at) = e.c2;
  }
};

/// Into what the pixel adds to windows.
struct entry_output {
  window_rule rule;
  window_entry_planes planes;

  __device__ __forceinline__ void operator()(const pixel& at, const flow_tensor& tensor) const {
    const window_entry e = make_window_entry(tensor, rule);
    pixel_at(planes.a11, at) = e.a11;
    pixel_at(planes.a12, at) = e.a12;
    pixel_at(planes.a22, at) = e.a22;
    pixel_at(planes.b1, at) = e.b1;
    pixel_at(planes.b2, at) = e.b2;
  }
};

template <class Output>
__global__ void __launch_bounds__(flow_threads) linearise_flow(linearise_job<Output> job) {
  FLUXEL_SHARED(std::int16_t, sum, [tile_y][tile_x]);
  FLUXEL_SHARED(std::int16_t, change, [tile_y][tile_x]);
  FLUXEL_SHARED(std::int16_t, mx, [first_y][first_x]);
  FLUXEL_SHARED(std::int16_t, my, [first_y][first_x]);
  const plane<const u16>& frame = job.frames.prev;
  const int thread = threadIdx.y * flow_block_x + threadIdx.x;
  const int left = blockIdx.x * flow_block_x, top = blockIdx.y * flow_block_y;
  const int n = blockIdx.z;
  for (int i = thread; i < tile_x * tile_y; i += flow_threads) {
    const int x = left - reach + i % tile_x, y = top - reach + i / tile_x;
    const int prev = clamped_pixel(frame, n, x, y), warped = clamped_pixel(job.warped.grey, n, x, y);
    sum[i / tile_x][i % tile_x] = static_cast<std::int16_t>(prev + warped);
    change[i / tile_x][i % tile_x] = static_cast<std::int16_t>(warped - prev);
  }
  __syncthreads();
  for (int i = thread; i < first_x * first_y; i += flow_threads) {
    // Beyond the border a derivative repeats the border's.
    const int x = clamp_index(left - 2 + i % first_x, frame.width) - left + reach;
    const int y = clamp_index(top - 2 + i / first_x, frame.height) - top + reach;
    mx[i / first_x][i % first_x] = static_cast<std::int16_t>(along_x(sum, x, y));
    my[i / first_x][i % first_x] = static_cast<std::int16_t>(along_y(sum, x, y));
  }
  __syncthreads();
  const pixel at = pixel_of_thread();
  if (inside(at, frame)) {
    const int x = threadIdx.x, y = threadIdx.y;
    flow_derivatives d{};
    if (has_data_term(job.frames, job.warped.reason, n, at.x, at.y))
      d = {mx[y + 2][x + 2],
           my[y + 2][x + 2],
           along_x(mx, x + 2, y + 2),
           along_y(mx, x + 2, y + 2),
           along_y(my, x + 2, y + 2),
           change[y + reach][x + reach],
           along_x(change, x + reach, y + reach),
           along_y(change, x + reach, y + reach)};
    job.output(at, data_term(d, job.weights));
  }
}

}  // namespace

status linearise(const flow_frames& frames, const warped_frame& warped, const flow_planes& flow,
                 const flow_energy& energy, const flow_system& system, const launch_options& options) {
  const linearise_job<equation_output> job{frames, warped, weights_of(energy), {flow, energy.smoothness, system}};
  return launch_pixels<linearise_flow<equation_output>>(frames.prev, options, job);
}

status find_window_entries(const flow_frames& frames, const warped_frame& warped, const flow_energy& energy,
                           const flow_windows& windows, const launch_options& options) {
  const linearise_job<entry_output> job{frames, warped, weights_of(energy), {windows.rule, entry_planes_of(windows)}};
  return launch_pixels<linearise_flow<entry_output>>(frames.prev, options, job);
}

}  // namespace fluxel::kernels::gpu
