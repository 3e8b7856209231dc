// SPDX-License-Identifier: Apache-2.0
// Transposed convolution of any shape and layout: one thread per output.

#include <numeric>

#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/conv_transpose/conv_transpose.cuh"

namespace fluxel::kernels::gpu {

/// The first tap of output i, and the source index it meets.
struct first_tap {
  int k;
  int index;
};

__device__ __forceinline__ first_tap find_first_tap(const conv_axis& a, const tap_stride& walk, int i) {
  const int t = i + a.pad;
  int k = a.dilation == 1 ? t % a.stride : 0;
  while (k < walk.step && (t - k * a.dilation) % a.stride != 0) ++k;
  if (k >= walk.step) return {a.kernel, -1};  // no tap meets a pixel
  return {k, (t - k * a.dilation) / a.stride};
}

template <class T>
__global__ void __launch_bounds__(block_threads)
    conv_gather_kernel(const __grid_constant__ conv_view v, const __grid_constant__ divisor interleaved) {
  const conv_tile t = find_tile(v);
  const int e = t.column * block_lanes + static_cast<int>(threadIdx.x);
  const int y = t.row * block_warps + static_cast<int>(threadIdx.y);
  std::uint32_t channel;
  const int x = static_cast<int>(interleaved.split(static_cast<std::uint32_t>(e), channel));
  if (x >= v.dst.width || y >= v.dst.height) return;
  const int o = t.channel + static_cast<int>(channel);
  const int group = o / v.out_per_group;
  const first_tap fx = find_first_tap(v.x, v.walk_x, x);
  const first_tap fy = find_first_tap(v.y, v.walk_y, y);
  float sum = v.bias ? load_float<T>(v.bias, o) : 0.0f;
  for (int i = group * v.in_per_group; i < (group + 1) * v.in_per_group; ++i) {
    const std::byte* plane = v.src.data + t.image * v.src.image + i * v.src.channel;
    const std::ptrdiff_t weights =
        (std::ptrdiff_t{i} * v.out_per_group + (o - group * v.out_per_group)) * v.y.kernel * v.x.kernel;
    int sy = fy.index;
    for (int ky = fy.k; ky < v.y.kernel && sy >= 0; ky += v.walk_y.step, sy -= v.walk_y.back) {
      if (sy >= v.src.height) continue;
      const std::byte* row = plane + sy * v.src.row;
      const std::ptrdiff_t w = weights + std::ptrdiff_t{ky} * v.x.kernel;
      int sx = fx.index;
      for (int kx = fx.k; kx < v.x.kernel && sx >= 0; kx += v.walk_x.step, sx -= v.walk_x.back)
        if (sx < v.src.width)
          sum = fused(load_float<T>(v.weights, w + kx), load_float<T>(row + sx * v.src.pixel, 0), sum);
    }
  }
  T* out =
      reinterpret_cast<T*>(v.dst.data + t.image * v.dst.image + o * v.dst.channel + y * v.dst.row + x * v.dst.pixel);
  *out = narrow<T>(sum);
}

namespace {

tap_stride stride_of(const conv_axis& a) {
  const int common = std::gcd(a.stride, a.dilation);
  return {a.stride / common, a.dilation / common};
}

template <class T>
status gather(conv_view& v, int interleaved, const launch_options& options) {
  const int planes = v.dst.channels / interleaved;
  return launch_tiles(v, std::int64_t{v.dst.width} * interleaved, block_lanes, block_warps, planes,
                      [&](const conv_view& view, unsigned blocks) {
                        return launch<conv_gather_kernel<T>>(blocks, dim3(block_lanes, block_warps), 0,
                                                             options.stream, view, divisor(interleaved));
                      });
}

}  // namespace

status conv_transpose(const conv_transpose_call& call, const launch_options& options) {
  const int bytes = element_size(call.type);
  conv_view v{.src = as_tensor(call.src, bytes),
              .dst = as_tensor(call.dst, bytes),
              .weights = call.weights,
              .bias = call.bias,
              .x = call.x,
              .y = call.y,
              .walk_x = stride_of(call.x),
              .walk_y = stride_of(call.y)};
  v.in_per_group = v.src.channels / call.groups;
  v.out_per_group = v.dst.channels / call.groups;
  if (std::int64_t{call.dst.width} * call.dst.channels > 0x7fffffff - block_lanes) return status::unsupported;
  if (fits_strided(call))
    return fits_gemm(v) ? conv_gemm(v, call.type, options) : conv_strided(v, call.type, options);
  if (fits_wide(call, v)) return conv_wide(v, call.type, options);
  return visit_pixel_type(every_float_type, call.type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return gather<T>(v, call.dst.channels, options); });
}

}  // namespace fluxel::kernels::gpu
