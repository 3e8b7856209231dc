// SPDX-License-Identifier: Apache-2.0
// Relaxation: passes over memory, each of many half sweeps on tiles that repeat of their neighbours what these reach.
// Few tiles: a block for each. Many: a block per multiprocessor, which sweeps a tile while the next one arrives in
// shared memory.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "kernels/cuda/flow/sweep_tile.cuh"
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
  __device__ __forceinline__ void unknowns(int r, float2& u, float2& v) const {
    if (job.first) {
      const std::ptrdiff_t i = flow_at + std::ptrdiff_t{r} * job.flow_pitch;
      u = to_floats(*reinterpret_cast<const short2*>(job.flow[0] + i));
      v = to_floats(*reinterpret_cast<const short2*>(job.flow[1] + i));
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
  mine.load(pixels_in_memory(job, at.n, x, y), job, x, y);
  mine.publish(edges);
  __syncthreads();
  sweep_pixels<Shape>(mine, job, at, edges);
  store_pixels(mine, job, at);
}

/// A tile in shared memory: the planes of the system, then u and v as floats, or as 16-bit integers in the first
/// pass.
template <class Shape>
struct staged_tile {
  static constexpr int pixels = sweep_tile_x * Shape::tile_y;
  float* planes;

  static constexpr std::size_t bytes(bool first) {
    return pixels * (system_planes * sizeof(float) + 2 * (first ? sizeof(std::int16_t) : sizeof(float)));
  }
  __device__ __forceinline__ float* plane(int i) const { return planes + i * pixels; }
  __device__ __forceinline__ std::int16_t* flow(int i) const {
    return reinterpret_cast<std::int16_t*>(plane(system_planes)) + i * pixels;
  }

  /// Copies of four pixels each, asynchronously; what lies outside the image keeps any value.
  __device__ __forceinline__ void fetch(const sweep_job& job, const sweep_place& at) const {
    constexpr int row_parts = sweep_tile_x / 4;
    const int thread = static_cast<int>(threadIdx.y * 32 + threadIdx.x), tx = thread % row_parts * 4;
    if (at.left + tx < job.width) {
#pragma unroll 1
      for (int ty = thread / row_parts; ty < Shape::tile_y && at.top + ty < job.height;
           ty += Shape::threads / row_parts) {
        const std::ptrdiff_t from = at.n * job.stride + std::ptrdiff_t{at.top + ty} * job.pitch + at.left + tx;
        const int to = ty * sweep_tile_x + tx;
#pragma unroll
        for (int i = 0; i < system_planes; ++i) __pipeline_memcpy_async(plane(i) + to, job.system[i] + from, 16);
        const std::ptrdiff_t flow_from =
            at.n * job.flow_stride + std::ptrdiff_t{at.top + ty} * job.flow_pitch + at.left + tx;
#pragma unroll
        for (int i = 0; i < 2; ++i) {
          if (job.first)
            __pipeline_memcpy_async(flow(i) + to, job.flow[i] + flow_from, 8);
          else
            __pipeline_memcpy_async(plane(system_planes + i) + to, job.from[i] + from, 16);
        }
      }
    }
    __pipeline_commit();
  }
};

/// A thread's pixels in a staged tile.
template <class Shape>
struct pixels_in_stage {
  staged_tile<Shape> tile;
  bool first;
  int at;

  __device__ __forceinline__ float2 pair(int plane, int r) const {
    return *reinterpret_cast<const float2*>(tile.plane(plane) + at + r * sweep_tile_x);
  }
  __device__ __forceinline__ float2 system(system_plane p, int r) const { return pair(p, r); }
  __device__ __forceinline__ float2 above() const { return pair(at_down, -1); }
  __device__ __forceinline__ void unknowns(int r, float2& u, float2& v) const {
    if (first) {
      u = to_floats(*reinterpret_cast<const short2*>(tile.flow(0) + at + r * sweep_tile_x));
      v = to_floats(*reinterpret_cast<const short2*>(tile.flow(1) + at + r * sweep_tile_x));
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
  const staged_tile<Shape> staged{planes};
  const auto place = [&](int tile) {
    const int row = tile / job.tiles_x, n = row / job.tiles_y;
    return place_of_tile<Shape>(job, n, tile - row * job.tiles_x, row - n * job.tiles_y);
  };
  int tile = blockIdx.x;
  sweep_place at = place(tile);
  staged.fetch(job, at);
  while (true) {
    wait_for_staged();
    const int tx = 2 * static_cast<int>(threadIdx.x), ty = static_cast<int>(threadIdx.y) * Shape::rows;
    swept_pixels<Shape> mine;
    mine.load(pixels_in_stage<Shape>{staged, job.first, ty * sweep_tile_x + tx}, job, at.left + tx, at.top + ty);
    mine.publish(edges);
    __syncthreads();
    const sweep_place here = at;
    tile += gridDim.x;
    const bool more = tile < job.tiles;
    if (more) {
      at = place(tile);
      staged.fetch(job, at);
    }
    sweep_pixels<Shape>(mine, job, here, edges);
    store_pixels(mine, job, here);
    if (!more) break;
  }
}

struct device_limits {
  int multiprocessors = 1, shared_bytes = 0;
};
device_limits limits_of_device() {
  device_limits limits;
  int device = 0;
  if (cudaGetDevice(&device) != cudaSuccess) return {};
  cudaDeviceGetAttribute(&limits.multiprocessors, cudaDevAttrMultiProcessorCount, device);
  cudaDeviceGetAttribute(&limits.shared_bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
  return limits;
}

int tiles_along(int size, int tile, int halo) {
  return size <= tile ? 1 : divide_up(size - tile, tile - 2 * halo) + 1;
}

/// How half sweeps are dealt out to passes over memory.
struct pass_plan {
  int passes, half_sweeps, halo;  ///< half_sweeps: of every pass but the last; even
};
template <class Shape>
pass_plan plan_of(int passes, int total, int width, int height) {
  const int share = divide_up(total, passes), even = share + share % 2;
  const bool whole = width <= sweep_tile_x && height <= Shape::tile_y;
  return {divide_up(total, even), even, whole ? 0 : even};
}

/// The plan that should take least time, in half sweeps of a tile: a tile costs about 14 to bring, a launch 8.
template <class Shape>
pass_plan choose_plan(int total, const flow_planes& flow, int multiprocessors) {
  constexpr int bring = 14, begin = 8;
  pass_plan best{};
  double least = 0;
  for (int passes = divide_up(std::max(total, 1), most_half_sweeps); passes <= std::max(total, 1); ++passes) {
    const auto plan = plan_of<Shape>(passes, std::max(total, 1), flow.u.width, flow.u.height);
    if (2 * plan.halo + 8 > std::min(sweep_tile_x, Shape::tile_y)) continue;
    const double tiles = double(tiles_along(flow.u.width, sweep_tile_x, plan.halo)) *
                         tiles_along(flow.u.height, Shape::tile_y, plan.halo) * flow.u.count;
    const double rounds = std::ceil(tiles / multiprocessors);
    const double cost =
        plan.passes * (begin + bring + plan.half_sweeps + (rounds - 1) * std::max(bring, plan.half_sweeps));
    if (best.passes > 0 && cost >= least) {
      if (plan.half_sweeps <= 4) break;
      continue;
    }
    best = plan;
    least = cost;
  }
  return best;
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
status relax_in_tiles(const flow_system& s, const flow_relaxation& how_far, std::span<const plane<float>, 4> scratch,
                      const flow_planes& flow, const flow_planes& out, CUstream_st* stream) {
  const device_limits limits = limits_of_device();
  const int total = static_cast<int>(how_far.omega.size());
  const pass_plan plan = choose_plan<Shape>(total, flow, limits.multiprocessors);
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
  return relax_in_tiles<sweep_shape<4, 16>>(s, how_far, scratch, flow, out, options.stream);
}

}  // namespace fluxel::kernels::gpu
