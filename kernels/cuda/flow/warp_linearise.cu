// SPDX-License-Identifier: Apache-2.0
// A whole warp of Horn-Schunck up to its linear system in one kernel. The first warp of a level also upscales the
// coarser flow and makes the weights between neighbours.

#include "kernels/cuda/flow/warp_tile.cuh"

namespace fluxel::kernels::gpu {

// Not unnamed: the record of the machine code goes by the kernels' names.
namespace warp_systems {

constexpr int reach = derivative_reach;

struct system_job {
  warp_source source;
  data_term_weights weights;
  float smoothness;
  flow_system system;
  const float* edges;  ///< with data: the weights between neighbours are made from this table
  int last_edge;
};

/// Threads run down columns of `rows` pixels.
template <int width_, int rows_, int strips>
struct system_shape {
  static constexpr int width = width_, rows = rows_, height = rows * strips, threads = width * strips;
  static constexpr int blocks = 1024 / threads;  ///< on a multiprocessor, as far as registers go
};

template <class Shape, bool upscales>
struct system_tile {
  warped_tile<Shape::width + 2 * reach, Shape::height + 2 * reach, upscales> warped;
  derivative_tile<Shape::width + 4, Shape::height + 4> first;
};

/// Weights from the frame's pixels in shared memory.
template <class Tile>
class edge_weights_of_tile {
 public:
  __device__ edge_weights_of_tile(const system_job& job, const Tile& tile, int pitch)
      : job_(job), tile_(tile), pitch_(pitch) {}
  /// Of a sample and one of its neighbours.
  __device__ __forceinline__ float operator()(int i, int neighbour) const {
    const int a = grey(i), b = grey(neighbour), difference = a < b ? b - a : a - b;
    return __ldg(job_.edges + (difference < job_.last_edge ? difference : job_.last_edge));
  }

 private:
  __device__ __forceinline__ int grey(int i) const { return (tile_.sum[i] - tile_.change[i]) >> 1; }
  const system_job& job_;
  const Tile& tile_;
  int pitch_;
};

template <class Shape, bool starts, bool upscales>
__global__ void __launch_bounds__(Shape::threads, Shape::blocks)
    warp_linearise_tiles(const __grid_constant__ system_job job) {
  using tile_type = system_tile<Shape, upscales>;
  FLUXEL_SHARED(uint4, memory, [(sizeof(tile_type) + 15) / 16]);
  auto& tile = *reinterpret_cast<tile_type*>(memory);
  constexpr int wide = Shape::width + 2 * reach, high = Shape::height + 2 * reach;
  const int thread = threadIdx.x, n = blockIdx.z;
  const int left = static_cast<int>(blockIdx.x) * Shape::width, top = static_cast<int>(blockIdx.y) * Shape::height;
  const int width = job.source.prev.width, height = job.source.prev.height;
  fill_cubic(tile.warped.cubic, thread);
  if constexpr (upscales)
    fill_places<wide, high, Shape::threads>(job.source, left - reach, top - reach, tile.warped.place, thread);
  __syncthreads();
  fill_tile<wide, high, upscales, Shape::threads, reach>(job.source, n, left - reach, top - reach, thread,
                                                         tile.warped);
  __syncthreads();
  fill_derivatives<Shape::width + 4, Shape::height + 4, upscales, Shape::threads>(job.source, left - 2, top - 2,
                                                                                  thread, tile.warped, tile.first);
  __syncthreads();
  const int tile_x = thread % Shape::width, tile_y = thread / Shape::width * Shape::rows;
  const int x = left + tile_x, y0 = top + tile_y;
  if (x >= width || y0 >= height) return;
  const auto& s = job.system;
  const auto& flow = job.source.flow;
  const int pitch = static_cast<int>(s.i11.pitch), flow_pitch = static_cast<int>(flow.u.pitch);
  const std::ptrdiff_t first = n * s.i11.stride + y0 * s.i11.pitch + x;
  const std::ptrdiff_t first_flow = n * flow.u.stride + y0 * flow.u.pitch + x;
  const int first_sample = (tile_y + reach) * wide + tile_x + reach;
  const edge_weights_of_tile weight(job, tile.warped, wide);
  float above = 0;
  if (y0 > 0) above = starts ? weight(first_sample - wide, first_sample) : s.down.data[first - s.down.pitch];
  tensors_down<Shape::rows, Shape::width + 4, Shape::height + 4, upscales>(
      tile.warped, tile.first, tile_x, tile_y, job.weights, [&](int r, const flow_tensor& tensor) {
        const int y = y0 + r;
        if (y >= height) return;
        const std::ptrdiff_t at = first + r * pitch;
        float before = 0, right, down;
        if constexpr (starts) {
          const int i = first_sample + r * wide;
          if (x > 0) before = weight(i - 1, i);
          right = x + 1 < width ? weight(i, i + 1) : 0.0f;
          down = y + 1 < height ? weight(i, i + wide) : 0.0f;
          s.right.data[at] = right;
          s.down.data[at] = down;
        } else {
          if (x > 0) before = s.right.data[at - 1];
          right = s.right.data[at];
          down = s.down.data[at];
        }
        const float around = (before + right) + (above + down);
        above = down;
        short2 f;
        if constexpr (upscales)
          f = tile.warped.flow[first_sample + r * wide];
        else
          f = make_short2(flow.u.data[first_flow + r * flow_pitch], flow.v.data[first_flow + r * flow_pitch]);
        const auto e = flow_solve_pixel(tensor, job.smoothness, around, f.x, f.y);
        s.i11.data[at] = e.i11;
        s.i12.data[at] = e.i12;
        s.i22.data[at] = e.i22;
        s.c1.data[at] = e.c1;
        s.c2.data[at] = e.c2;
      });
}

}  // namespace warp_systems

namespace {

using namespace warp_systems;

template <class Shape, bool starts, bool upscales>
status launch_shape(const system_job& job, const launch_options& options) {
  const plane<const u16>& p = job.source.prev;
  const dim3 grid(divide_up(p.width, Shape::width), divide_up(p.height, Shape::height), p.count);
  return launch<warp_linearise_tiles<Shape, starts, upscales>>(grid, dim3(Shape::threads), 0, options.stream, job);
}

template <class Shape>
status launch_steps(const system_job& job, const launch_options& options) {
  if (job.edges == nullptr) return launch_shape<Shape, false, false>(job, options);
  return job.source.upscale.coarse.u.data == nullptr ? launch_shape<Shape, true, false>(job, options)
                                                     : launch_shape<Shape, true, true>(job, options);
}

}  // namespace

status warp_linearise(const flow_frames& frames, const level_start& start, const warped_frame& warped,
                      const flow_planes& flow, const flow_energy& energy, const flow_system& system,
                      const launch_options& options) {
  if (!fits_tiles(frames, flow) || (start.edges.empty() && start.coarse.u.data != nullptr))
    return warp_linearise_in_turn(frames, start, warped, flow, energy, system, options);
  const system_job job{
      source_of(frames, start, flow),          weights_of(energy), energy.smoothness, system, start.edges.data(),
      static_cast<int>(start.edges.size()) - 1};
  const auto pixels = std::int64_t{frames.prev.width} * frames.prev.height * frames.prev.count;
  // Wide borders cost less than threads that are idle or work for long: the fewer pixels, the smaller the tiles.
  if (pixels >= 1'000'000) return launch_steps<system_shape<64, 8, 4>>(job, options);
  if (pixels >= 400'000) return launch_steps<system_shape<64, 4, 4>>(job, options);
  if (pixels >= 80'000) return launch_steps<system_shape<32, 2, 8>>(job, options);
  return launch_steps<system_shape<32, 1, 8>>(job, options);
}

}  // namespace fluxel::kernels::gpu
