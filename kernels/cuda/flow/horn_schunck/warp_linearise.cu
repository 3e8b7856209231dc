// SPDX-License-Identifier: Apache-2.0
// A whole warp of Horn-Schunck up to its linear system in one kernel. The first warp of a level also upscales the
// coarser flow; weights between neighbours are made then, or in every warp where they depend on the flow.

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
  float inverse_flow_scale;
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

constexpr int lanes = 32;
constexpr unsigned every_lane = 0xffffffffu;

/// A thread's column of pixels. Lanes beyond the frame repeat its last column, and write nothing: weights come from
/// the lane to the left.
struct column_of_thread {
  int x, y;              ///< the first pixel
  int sample;            ///< its place among the tile's samples
  int lane, from_first;  ///< columns from the one of the warp's first lane
  bool writes;
};

/// The equations of a thread's pixels, one below the other. `starts`: the weights between neighbours are made, from
/// the frame's pixels in shared memory, and written too. All lanes of a warp call it.
template <class Shape, bool starts, bool upscales>
class equations_down {
 public:
  using tile_type = system_tile<Shape, upscales>;

  __device__ equations_down(const system_job& job, const tile_type& tile, int n, const column_of_thread& column)
      : job_(job),
        tile_(tile),
        x_(column.x),
        y_(column.y),
        sample_(column.sample),
        lane_(column.lane),
        writes_(column.writes),
        at_(first_of(job.system.i11, n) + y_ * pitch() + x_),
        flow_at_(first_of(job.source.flow.u, n) + y_ * flow_pitch() + x_),
        own_(flow(0, 0)),
        above_(y_ == 0  ? 0.0f
               : starts ? weight(sample_ - wide, sample_, own_, flow(-1, 0))
                        : job.system.down.data[at_ - pitch()]),
        left_(starts ? left_of_warp(column.from_first) : 0.0f) {}

  __device__ __forceinline__ void operator()(int row, const flow_tensor& tensor) {
    if (y_ + row >= job_.source.prev.height) return;
    const flow_system& s = job_.system;
    const int at = at_ + row * pitch();
    const bool last = y_ + row + 1 == job_.source.prev.height;
    const short2 below = last ? own_ : flow(row + 1, 0);
    const neighbour_weights w = weights(row, at, last, below);
    const float around = (w.left + w.right) + (above_ + w.down);
    const auto e = flow_solve_pixel(tensor, job_.smoothness, around, own_.x, own_.y);
    above_ = w.down;
    own_ = below;
    if (!writes_) return;
    s.i11.data[at] = e.i11;
    s.i12.data[at] = e.i12;
    s.i22.data[at] = e.i22;
    s.c1.data[at] = e.c1;
    s.c2.data[at] = e.c2;
  }

 private:
  static constexpr int wide = Shape::width + 2 * reach;
  struct neighbour_weights {
    float left, right, down;
  };

  __device__ __forceinline__ int pitch() const { return static_cast<int>(job_.system.i11.pitch); }
  __device__ __forceinline__ int flow_pitch() const { return static_cast<int>(job_.source.flow.u.pitch); }
  __device__ __forceinline__ int grey(int i) const { return (tile_.warped.sum[i] - tile_.warped.change[i]) >> 1; }
  /// Between a sample and one of its neighbours, and their flows.
  __device__ __forceinline__ float weight(int i, int neighbour, short2 f, short2 g) const {
    const int a = grey(i), b = grey(neighbour), difference = a < b ? b - a : a - b;
    const float w = __ldg(job_.edges + (difference < job_.last_edge ? difference : job_.last_edge));
    return robust_edge_weight(w, job_.inverse_flow_scale, g.x - f.x, g.y - f.y);
  }
  __device__ __forceinline__ neighbour_weights weights(int row, int at, bool last, short2 below) const {
    const flow_system& s = job_.system;
    if constexpr (!starts) return {x_ > 0 ? s.right.data[at - 1] : 0.0f, s.right.data[at], s.down.data[at]};
    const int i = sample_ + row * wide;
    const float right = x_ + 1 < job_.source.prev.width ? weight(i, i + 1, own_, flow(row, 1)) : 0.0f;
    const float beside = __shfl_up_sync(every_lane, right, 1), of_warp = __shfl_sync(every_lane, left_, row);
    const neighbour_weights w{lane_ == 0 ? of_warp : beside, right, last ? 0.0f : weight(i, i + wide, own_, below)};
    if (writes_) {
      s.right.data[at] = w.right;
      s.down.data[at] = w.down;
    }
    return w;
  }
  /// The weight to the left of the warp's first column, in as many lanes as there are rows.
  __device__ __forceinline__ float left_of_warp(int from_first) const {
    const int row = lane_;
    if (row >= Shape::rows || y_ + row >= job_.source.prev.height || x_ - from_first <= 0) return 0;
    const int i = sample_ + row * wide - from_first;
    return weight(i - 1, i, flow(row, -from_first), flow(row, -from_first - 1));
  }
  /// Some rows and columns from the thread's first pixel, inside the image.
  __device__ __forceinline__ short2 flow(int row, int column) const {
    if constexpr (upscales) return tile_.warped.flow[sample_ + row * wide + column];
    const int at = flow_at_ + row * flow_pitch() + column;
    return make_short2(job_.source.flow.u.data[at], job_.source.flow.v.data[at]);
  }

  const system_job& job_;
  const tile_type& tile_;
  int x_, y_, sample_, lane_;
  bool writes_;
  int at_, flow_at_;
  short2 own_;   ///< the flow of the next pixel
  float above_;  ///< the weight to the pixel above it
  float left_;
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
  fill_cubic(tile.warped.cubic, thread);
  if constexpr (upscales)
    fill_places<wide, high, Shape::threads>(job.source, left - reach, top - reach, tile.warped.place, thread);
  __syncthreads();
  fill_tile<wide, high, upscales, Shape::threads, reach>(job.source, n, left - reach, top - reach, thread,
                                                         tile.warped);
  __syncthreads();
  fill_derivatives<wide - 4, high - 4, upscales, Shape::threads>(job.source, left - 2, top - 2, thread, tile.warped,
                                                                 tile.first);
  __syncthreads();
  const int lane = thread % lanes, first = thread % Shape::width - lane, y = thread / Shape::width * Shape::rows;
  if (left + first >= job.source.prev.width || top + y >= job.source.prev.height) return;  // whole warps
  const int x = min(first + lane, job.source.prev.width - 1 - left);
  const column_of_thread column{left + x, top + y,   (y + reach) * wide + x + reach,
                                lane,     x - first, x == first + lane};
  equations_down<Shape, starts, upscales> put(job, tile, n, column);
  tensors_down<Shape::rows, wide - 4, high - 4, upscales>(tile.warped, tile.first, x, y, job.weights, put);
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
  const std::span<const float> edges = start.edges.table;
  if (!fits_tiles(frames, flow) || !fits_offsets(system) || (edges.empty() && start.coarse.u.data != nullptr))
    return warp_linearise_in_turn(frames, start, warped, flow, energy, system, options);
  const system_job job{source_of(frames, start, flow),
                       weights_of(energy),
                       energy.smoothness,
                       system,
                       edges.data(),
                       static_cast<int>(edges.size()) - 1,
                       start.edges.inverse_flow_scale};
  const auto pixels = std::int64_t{frames.prev.width} * frames.prev.height * frames.prev.count;
  // Wide borders cost less than threads that are idle or work for long: the fewer pixels, the smaller the tiles.
  if (pixels >= 1'000'000) return launch_steps<system_shape<64, 8, 4>>(job, options);
  if (pixels >= 400'000) return launch_steps<system_shape<64, 4, 4>>(job, options);
  if (pixels >= 80'000) return launch_steps<system_shape<32, 2, 8>>(job, options);
  return launch_steps<system_shape<32, 1, 8>>(job, options);
}

}  // namespace fluxel::kernels::gpu
