// SPDX-License-Identifier: Apache-2.0
// Relaxation: passes over memory, each of many half sweeps on tiles that repeat of their neighbours what these reach.
// Few tiles: a block for each. Many: a block per multiprocessor, which sweeps a tile while the next one arrives in
// shared memory.

#include <algorithm>
#include <array>
#include <cstdint>

#include "kernels/cuda/flow/horn_schunck/relax_plan.cuh"
#include "kernels/cuda/flow/horn_schunck/sweep_tile.cuh"
#include "kernels/cuda/runtime/staging.cuh"

namespace fluxel::kernels::gpu {

namespace {

__device__ __forceinline__ float2 to_floats(short2 pair) {
  return make_float2(static_cast<float>(pair.x), static_cast<float>(pair.y));
}

/// A thread's pixels as they lie in memory.
struct pixels_in_memory {
  const sweep_job& job;
  std::ptrdiff_t at, flow_at;  ///< of the thread's first pixel

  __device__ __forceinline__ pixels_in_memory(const sweep_job& job, int n, int x, int y)
      : job(job),
        at(n * job.stride + std::ptrdiff_t{y} * job.pitch + x),
        flow_at(n * job.flow_stride + std::ptrdiff_t{y} * job.flow_pitch + x) {}
  __device__ __forceinline__ float2 pair(const float* plane, int r) const {
    return *reinterpret_cast<const float2*>(plane + at + std::ptrdiff_t{r} * job.pitch);
  }
  __device__ __forceinline__ float2 system(system_plane p, int r) const { return pair(job.system[p], r); }
  __device__ __forceinline__ float2 above() const { return pair(job.system[at_down], -1); }
  __device__ __forceinline__ void flow(int r, short2& u, short2& v) const {
    const std::ptrdiff_t i = flow_at + std::ptrdiff_t{r} * job.flow_pitch;
    u = *reinterpret_cast<const short2*>(job.flow[0] + i);
    v = *reinterpret_cast<const short2*>(job.flow[1] + i);
  }
  __device__ __forceinline__ void unknowns(int r, float2& u, float2& v) const {
    if (job.first) {
      short2 flow_u, flow_v;
      flow(r, flow_u, flow_v);
      u = to_floats(flow_u);
      v = to_floats(flow_v);
    } else {
      u = pair(job.from[0], r);
      v = pair(job.from[1], r);
    }
  }
};

template <class Shape>
__global__ void __launch_bounds__(Shape::threads, 1) sweep_tile(const __grid_constant__ sweep_job job) {
  FLUXEL_SHARED(float2, edges, [2][Shape::warps][2][32]);
  const sweep_place at = place_of_tile<Shape>(job, blockIdx.z, blockIdx.x, blockIdx.y);
  const int x = at.left + 2 * static_cast<int>(threadIdx.x);
  const int y = at.top + static_cast<int>(threadIdx.y) * Shape::rows;
  swept_pixels<Shape> mine;
  const pixels_in_memory source(job, at.n, x, y);
  mine.load(source, job, x, y);
  mine.publish(edges);
  __syncthreads();
  sweep_pixels<Shape>(mine, job, at, edges, [] {});
  store_pixels(mine, source, job, at);
}

/// A tile in shared memory: the planes of the system; u and v as floats, but not in the first pass; and the flow, in
/// the first and the last pass. Of the flow there is room for two tiles: one is needed until its tile is done.
template <class Shape>
struct staged_tile {
  static constexpr int pixels = sweep_tile_x * Shape::tile_y;
  float* planes;
  const sweep_job& job;

  static constexpr std::size_t bytes(bool first) {
    return pixels * ((system_planes + (first ? 0 : 2)) * sizeof(float) + 4 * sizeof(std::int16_t));
  }
  __device__ __forceinline__ float* plane(int i) const { return planes + i * pixels; }
  __device__ __forceinline__ std::int16_t* flow(int i, int side) const {
    return reinterpret_cast<std::int16_t*>(plane(system_planes + (job.first ? 0 : 2))) + (2 * side + i) * pixels;
  }

  /// The planes that a pass brings, one after the other: the system's, those of the pass before, and the flow.
  __device__ __forceinline__ int count() const {
    return system_planes + (job.first ? 0 : 2) + (job.first || job.last ? 2 : 0);
  }

  /// What a thread copies of each plane: four pixels of some rows.
  struct share {
    static constexpr int row_parts = sweep_tile_x / 4;
    static constexpr int row_step = Shape::threads / row_parts;
    std::ptrdiff_t from, flow_from;
    int to, rows;
  };
  __device__ __forceinline__ share share_of(const sweep_place& at) const {
    const int thread = static_cast<int>(threadIdx.y * 32 + threadIdx.x);
    const int tx = thread % share::row_parts * 4, ty = thread / share::row_parts, x = at.left + tx, y = at.top + ty;
    const int high = min(Shape::tile_y - ty, job.height - y);
    return {at.n * job.stride + std::ptrdiff_t{y} * job.pitch + x,
            at.n * job.flow_stride + std::ptrdiff_t{y} * job.flow_pitch + x, ty * sweep_tile_x + tx,
            x < job.width && high > 0 ? (high - 1) / share::row_step + 1 : 0};
  }

  /// Copies asynchronously; what lies outside the image keeps any value.
  __device__ __forceinline__ void fetch(const share& of, int which, int side) const {
    const int iterates = which - system_planes, flows = iterates - (job.first ? 0 : 2);
    if (flows < 0) {
      const float* from = (iterates < 0 ? job.system[which] : job.from[iterates]) + of.from;
      float* to = plane(which) + of.to;
#pragma unroll 1
      for (int i = 0; i < of.rows; ++i) {
        __pipeline_memcpy_async(to, from, 16);
        from += std::ptrdiff_t{share::row_step} * job.pitch;
        to += share::row_step * sweep_tile_x;
      }
    } else {
      const std::int16_t* from = job.flow[flows] + of.flow_from;
      std::int16_t* to = flow(flows, side) + of.to;
#pragma unroll 1
      for (int i = 0; i < of.rows; ++i) {
        __pipeline_memcpy_async(to, from, 8);
        from += std::ptrdiff_t{share::row_step} * job.flow_pitch;
        to += share::row_step * sweep_tile_x;
      }
    }
  }
};

/// A thread's pixels in a staged tile.
template <class Shape>
struct pixels_in_stage {
  const staged_tile<Shape>& tile;
  int side, at;

  __device__ __forceinline__ float2 pair(int plane, int r) const {
    return *reinterpret_cast<const float2*>(tile.plane(plane) + at + r * sweep_tile_x);
  }
  __device__ __forceinline__ float2 system(system_plane p, int r) const { return pair(p, r); }
  __device__ __forceinline__ float2 above() const { return pair(at_down, -1); }
  __device__ __forceinline__ void flow(int r, short2& u, short2& v) const {
    u = *reinterpret_cast<const short2*>(tile.flow(0, side) + at + r * sweep_tile_x);
    v = *reinterpret_cast<const short2*>(tile.flow(1, side) + at + r * sweep_tile_x);
  }
  __device__ __forceinline__ void unknowns(int r, float2& u, float2& v) const {
    if (tile.job.first) {
      short2 flow_u, flow_v;
      flow(r, flow_u, flow_v);
      u = to_floats(flow_u);
      v = to_floats(flow_v);
    } else {
      u = pair(system_planes, r);
      v = pair(system_planes + 1, r);
    }
  }
};

template <class Shape>
__global__ void __launch_bounds__(Shape::threads, 1) sweep_staged_tiles(const __grid_constant__ sweep_job job) {
  FLUXEL_SHARED(float2, edges, [2][Shape::warps][2][32]);
  FLUXEL_DYNAMIC_SHARED(float, planes);
  const staged_tile<Shape> staged{planes, job};
  const auto place = [&](int tile) {
    const int row = tile / job.tiles_x, n = row / job.tiles_y;
    return place_of_tile<Shape>(job, n, tile - row * job.tiles_x, row - n * job.tiles_y);
  };
  const int tx = 2 * static_cast<int>(threadIdx.x), ty = static_cast<int>(threadIdx.y) * Shape::rows;
  const int planes_in_all = staged.count();
  // Spread over the half sweeps: copies that the memory cannot take yet would hold up the warps.
  const int at_once = (planes_in_all - 1) / max(job.half_sweeps, 1) + 1;
  int tile = blockIdx.x;
  sweep_place at = place(tile);
  for (int i = 0; i < planes_in_all; ++i) staged.fetch(staged.share_of(at), i, 0);
  __pipeline_commit();
  for (int side = 0;; side ^= 1) {
    wait_for_staged();
    const pixels_in_stage<Shape> source{staged, side, ty * sweep_tile_x + tx};
    swept_pixels<Shape> mine;
    mine.load(source, job, at.left + tx, at.top + ty);
    mine.publish(edges);
    __syncthreads();
    const sweep_place here = at;
    tile += gridDim.x;
    const bool more = tile < job.tiles;
    if (more) at = place(tile);
    const auto share = staged.share_of(at);
    int fetched = more ? 0 : planes_in_all;
    const auto fetch_some = [&](int most) {
      for (; most > 0 && fetched < planes_in_all; --most) staged.fetch(share, fetched++, side ^ 1);
    };
    sweep_pixels<Shape>(mine, job, here, edges, [&] { fetch_some(at_once); });
    fetch_some(planes_in_all);
    __pipeline_commit();
    store_pixels(mine, source, job, here);
    if (!more) break;
  }
}

template <class Shape>
status launch_pass(const sweep_job& job, int images, const device_limits& limits, CUstream_st* stream) {
  const dim3 block(32, Shape::warps);
  const std::size_t bytes = staged_tile<Shape>::bytes(job.first);
  constexpr std::size_t edges = sizeof(float2) * 2 * Shape::warps * 2 * 32;
  if (job.tiles <= limits.multiprocessors || bytes + edges > static_cast<std::size_t>(limits.shared_bytes))
    return launch<sweep_tile<Shape>>(dim3(job.tiles_x, job.tiles_y, images), block, 0, stream, job);
  const cudaError_t allowed = cudaFuncSetAttribute(
      sweep_staged_tiles<Shape>, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes));
  if (allowed != cudaSuccess) return status_of(allowed);
  return launch<sweep_staged_tiles<Shape>>(dim3(limits.multiprocessors), block, bytes, stream, job);
}

/// Whether planes have the same layout, and rows that start at multiples of 16 bytes.
template <class T, class... Planes>
bool laid_out_alike(const plane<T>& p, const Planes&... others) {
  const auto aligned = [](const auto& q) {
    constexpr int unit = 16 / sizeof(*q.data);
    return reinterpret_cast<std::uintptr_t>(q.data) % 16 == 0 && q.pitch % unit == 0 && q.stride % unit == 0;
  };
  return aligned(p) && ((aligned(others) && others.pitch == p.pitch && others.stride == p.stride) && ...);
}

template <class Shape>
status relax_planned(const pass_plan& plan, const device_limits& limits, const flow_system& s,
                     const flow_relaxation& how_far, std::span<const plane<float>, 4> scratch,
                     const flow_planes& flow, const flow_planes& out, CUstream_st* stream) {
  const int total = static_cast<int>(how_far.omega.size());
  sweep_job job{.system = {s.i11.data, s.i12.data, s.i22.data, s.c1.data, s.c2.data, s.right.data, s.down.data},
                .flow = {flow.u.data, flow.v.data},
                .out = {out.u.data, out.v.data},
                .stride = s.i11.stride,
                .flow_stride = flow.u.stride,
                .pitch = static_cast<int>(s.i11.pitch),
                .flow_pitch = static_cast<int>(flow.u.pitch),
                .width = flow.u.width,
                .height = flow.u.height,
                .tiles_x = tiles_along(flow.u.width, sweep_tile_x, plan.halo),
                .tiles_y = tiles_along(flow.u.height, Shape::tile_y, plan.halo),
                .limit = how_far.limit,
                .finer = how_far.finer,
                .halo = plan.halo};
  job.tiles = job.tiles_x * job.tiles_y * flow.u.count;
  std::array from{scratch[0].data, scratch[1].data}, to{scratch[2].data, scratch[3].data};
  status result = status::ok;
  for (int done = 0, pass = 0; pass < plan.passes && result == status::ok; done += job.half_sweeps, ++pass) {
    std::copy_n(from.data(), 2, job.from);
    std::copy_n(to.data(), 2, job.to);
    job.first = pass == 0;
    job.last = pass + 1 == plan.passes;
    job.half_sweeps = std::min(plan.half_sweeps, total - done);
    std::copy_n(how_far.omega.data() + done, job.half_sweeps, job.omega);
    result = launch_pass<Shape>(job, flow.u.count, limits, stream);
    std::swap(from, to);
  }
  return result;
}

}  // namespace

status relax(const flow_system& s, const flow_relaxation& how_far, std::span<const plane<float>, 4> scratch,
             const flow_planes& flow, const flow_planes& out, const launch_options& options) {
  if (!laid_out_alike(s.i11, s.i12, s.i22, s.c1, s.c2, s.right, s.down, scratch[0], scratch[1], scratch[2],
                      scratch[3]) ||
      !laid_out_alike(flow.u, flow.v, out.u, out.v))
    return status::unsupported;
  // Large tiles repeat less of their neighbours; small ones are done sooner where there are few.
  using large = sweep_shape<6, 12>;
  using medium = sweep_shape<4, 16>;
  using small = sweep_shape<2, 16>;
  const device_limits limits = limits_of_device();
  const int total = std::max(1, static_cast<int>(how_far.omega.size()));
  const auto in_large = choose_plan<large>({4.8, 8.6, 0.5}, total, flow, limits.multiprocessors);
  const auto in_medium = choose_plan<medium>({4.2, 8.3, 0.4}, total, flow, limits.multiprocessors);
  const auto in_small = choose_plan<small>({2.9, 5, 0.26}, total, flow, limits.multiprocessors);
  const auto run = [&]<class Shape>(Shape, const costed_plan& chosen) {
    return relax_planned<Shape>(chosen.plan, limits, s, how_far, scratch, flow, out, options.stream);
  };
  if (in_small.cost < in_medium.cost && in_small.cost < in_large.cost) return run(small(), in_small);
  return in_large.cost < in_medium.cost ? run(large(), in_large) : run(medium(), in_medium);
}

}  // namespace fluxel::kernels::gpu
