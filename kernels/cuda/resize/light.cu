// SPDX-License-Identifier: Apache-2.0
// Linear light around a resize: one pixel per thread.

#include "kernels/common/resize/light.hpp"
#include "kernels/cuda/resize/light.cuh"
#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int light_lanes = 32, light_rows = 8;

struct light_work {
  light_call call;
  int columns = 1;  ///< blocks in a row of blocks
};

/// f(x, y, light) for the pixel of this thread, if there is one.
template <class F>
__device__ __forceinline__ void at_pixel(const light_work& w, F&& f) {
  const int block = static_cast<int>(blockIdx.x);
  const int x = block % w.columns * light_lanes + static_cast<int>(threadIdx.x);
  const int y = block / w.columns * light_rows + static_cast<int>(threadIdx.y);
  const light_samples& s = w.call.samples;
  if (x >= s.width || y >= s.height) return;
  const int channels = s.colors + (s.alpha ? 1 : 0);
  auto* row = reinterpret_cast<float*>(static_cast<std::byte*>(w.call.light.data) + y * w.call.light.pitch);
  f(x, y, row + std::ptrdiff_t{x} * channels);
}

template <class T>
__global__ void __launch_bounds__(light_lanes* light_rows) decode_kernel(const __grid_constant__ light_work w) {
  at_pixel(w, [&](int x, int y, float* light) { decode_pixel<T>(w.call, x, y, light); });
}

template <class T>
__global__ void __launch_bounds__(light_lanes* light_rows) encode_kernel(const __grid_constant__ light_work w) {
  at_pixel(w, [&](int x, int y, const float* light) { encode_pixel<T>(w.call, x, y, light); });
}

/// launch_of(grid, block, work) with the blocks that cover the image.
template <class Launch>
status cover(const light_call& c, Launch&& launch_of) {
  const int columns = divide_up(c.samples.width, light_lanes);
  const std::int64_t blocks = std::int64_t{columns} * divide_up(c.samples.height, light_rows);
  if (blocks > 0x7fffffff) return status::unsupported;
  return launch_of(dim3(static_cast<unsigned>(blocks)), dim3(light_lanes, light_rows), light_work{c, columns});
}

}  // namespace

status decode_light(const light_call& c, const launch_options& options) {
  return cover(c, [&](dim3 grid, dim3 block, const light_work& w) {
    return c.samples.type == element_type::u8 ? launch<decode_kernel<u8>>(grid, block, 0, options.stream, w)
                                              : launch<decode_kernel<u16>>(grid, block, 0, options.stream, w);
  });
}

status encode_light(const light_call& c, const launch_options& options) {
  return cover(c, [&](dim3 grid, dim3 block, const light_work& w) {
    return c.samples.type == element_type::u8 ? launch<encode_kernel<u8>>(grid, block, 0, options.stream, w)
                                              : launch<encode_kernel<u16>>(grid, block, 0, options.stream, w);
  });
}

}  // namespace fluxel::kernels::gpu
