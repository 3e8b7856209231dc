// The median of both flow components at once, packed in 16-bit halves. Columns are sorted once per row of the
// block, in shared memory, and merged per pixel.

#include "kernels/cuda/flow.cuh"

namespace fluxel::kernels::gpu {

namespace {

using value = unsigned;  // u in the lower half, v in the upper
__device__ __forceinline__ value smaller(value a, value b) { return __vmins2(a, b); }
__device__ __forceinline__ value larger(value a, value b) { return __vmaxs2(a, b); }
#define FLUXEL_LIST_INLINE __device__ __forceinline__
#include "kernels/common/sorted_lists.inc"
#undef FLUXEL_LIST_INLINE

struct median_job {
  flow_planes in, out;
};

__device__ __forceinline__ value packed(const flow_planes& f, int n, int x, int y) {
  const pixel at{n, reflect_index(x, f.u.width), reflect_index(y, f.u.height)};
  return static_cast<u16>(element(f.u, at)) | static_cast<unsigned>(static_cast<u16>(element(f.v, at))) << 16;
}

template <int radius>
__global__ void __launch_bounds__(flow_threads) median_flow(median_job job) {
  constexpr int n = 2 * radius + 1, wide = flow_block_x + 2 * radius, high = flow_block_y + 2 * radius;
  FLUXEL_SHARED(value, tile, [high][wide]);
  FLUXEL_SHARED(value, sorted, [flow_block_y][n][wide]);
  const int thread = threadIdx.y * flow_block_x + threadIdx.x;
  const int left = static_cast<int>(blockIdx.x) * flow_block_x - radius;
  const int top = static_cast<int>(blockIdx.y) * flow_block_y - radius;
  for (int i = thread; i < wide * high; i += flow_threads)
    tile[i / wide][i % wide] = packed(job.in, blockIdx.z, left + i % wide, top + i / wide);
  __syncthreads();
  for (int i = thread; i < wide * flow_block_y; i += flow_threads) {
    const int x = i % wide, y = i / wide;
    list<n> column;
    for (int k = 0; k < n; ++k) column.at[k] = tile[y + k][x];
    column = sort(column);
    for (int k = 0; k < n; ++k) sorted[y][k][x] = column.at[k];
  }
  __syncthreads();
  const pixel at = pixel_of_thread();
  if (inside(at, job.in.u)) {
    auto columns = [&](int i) {
      list<n> c;
      for (int k = 0; k < n; ++k) c.at[k] = sorted[threadIdx.y][k][threadIdx.x + i];
      return c;
    };
    auto pairs = [&](int i) { return merge(columns(i), columns(i + 1)); };
    auto fours = [&](int i) { return merge(pairs(i), pairs(i + 2)); };
    const value median = median_of_columns<radius>(columns, pairs, fours);
    element(job.out.u, at) = static_cast<std::int16_t>(median & 0xffffu);
    element(job.out.v, at) = static_cast<std::int16_t>(median >> 16);
  }
}

}  // namespace

status median(const flow_planes& in, const flow_planes& out, int radius, const execution& how) {
  const median_job job{in, out};
  return radius == 1   ? launch_pixels<median_flow<1>>(in.u, how, job)
         : radius == 2 ? launch_pixels<median_flow<2>>(in.u, how, job)
                       : launch_pixels<median_flow<3>>(in.u, how, job);
}

}  // namespace fluxel::kernels::gpu
