// SPDX-License-Identifier: Apache-2.0
// Transposed convolution of planes whose stride is a multiple of 32, with kernels of twice the stride (FCN-32s). The
// lanes of a warp are neighbouring phases of an output row: they read weights side by side, and one pixel for all. A
// thread sums several positions and several output channels, so that each weight and each pixel serves many sums.

#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/conv_transpose/conv_transpose.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int wide_channels = 3;  ///< output channels of a thread
inline constexpr int wide_warps = 7;
inline constexpr int most_wide_floats = 10 * 1024;  ///< staged pixels

/// Pixels that `Positions` neighbours read of a row, and where the next row begins.
template <int Positions>
inline constexpr int wide_pitch = (Positions + 1 + 3) / 4 * 4;

template <class T, int Positions>
__global__ void __launch_bounds__(wide_warps* block_lanes) conv_wide_kernel(const __grid_constant__ conv_view v) {
  constexpr int pitch = wide_pitch<Positions>;
  FLUXEL_DYNAMIC_SHARED(float, rows);  // [input channel][2][pitch]: pixels from the one before the first position on
  const conv_tile t = find_tile(v);    // column: positions, then 32 phases; channel: the group
  const int lane = static_cast<int>(threadIdx.x), warp = static_cast<int>(threadIdx.y);
  const int stride = v.x.stride, kernel = v.x.kernel, blocks_of_phases = stride / block_lanes;
  const int first_tap_x = t.column % blocks_of_phases * block_lanes + lane;
  const int q0 = t.column / blocks_of_phases * Positions;
  const int first_tap_y = (t.row + v.y.pad) % stride, sy = (t.row + v.y.pad) / stride;
  for (int i = warp * block_lanes + lane; i < v.in_per_group * 2 * pitch; i += wide_warps * block_lanes) {
    const int channel = i / (2 * pitch), j = i / pitch % 2, x = q0 - 1 + i % pitch, y = sy - j;
    const bool exists = x >= 0 && x < v.src.width && y >= 0 && y < v.src.height;
    rows[i] = exists ? load_float<T>(v.src.data + t.image * v.src.image +
                                         (t.channel * v.in_per_group + channel) * v.src.channel + y * v.src.row,
                                     x)
                     : 0.0f;
  }
  __syncthreads();
  unsigned valid = 0;  // bit i: pixel q0 - 1 + i exists
#pragma unroll
  for (int i = 0; i <= Positions; ++i) valid |= unsigned{q0 - 1 + i >= 0 && q0 - 1 + i < v.src.width} << i;
  const int first_row = sy < v.src.height ? 0 : sy - 1 < v.src.height ? 1 : 2, end_row = sy >= 1 ? 2 : 1;
  const std::ptrdiff_t taps = std::ptrdiff_t{kernel} * v.y.kernel;
  for (int o = warp * wide_channels; o < v.out_per_group; o += wide_warps * wide_channels) {
    const int first_out = t.channel * v.out_per_group + o;
    float sum[Positions][wide_channels];
#pragma unroll
    for (int c = 0; c < wide_channels; ++c) {
      const float bias = v.bias && o + c < v.out_per_group ? load_float<T>(v.bias, first_out + c) : 0.0f;
#pragma unroll
      for (int q = 0; q < Positions; ++q) sum[q][c] = bias;
    }
    std::ptrdiff_t at = (std::ptrdiff_t{t.channel} * v.in_per_group * v.out_per_group + o) * taps +
                        std::ptrdiff_t{first_tap_y} * kernel + first_tap_x;
    for (int i = 0; i < v.in_per_group; ++i, at += v.out_per_group * taps) {
#pragma unroll 1
      for (int j = first_row; j < end_row; ++j) {
        float weight[2][wide_channels], pixel[Positions + 1];
#pragma unroll
        for (int c = 0; c < wide_channels; ++c) {
          const std::ptrdiff_t w =
              at + (o + c < v.out_per_group ? c : 0) * taps + std::ptrdiff_t{j} * stride * kernel;
          weight[0][c] = load_float<T>(v.weights, w);
          weight[1][c] = load_float<T>(v.weights, w + stride);
        }
        const float* row = rows + (i * 2 + j) * pitch;
#pragma unroll
        for (int p = 0; p <= Positions; ++p) pixel[p] = row[p];
#pragma unroll
        for (int h = 0; h < 2; ++h)
#pragma unroll
          for (int q = 0; q < Positions; ++q)
            if (valid >> (q + 1 - h) & 1) {
#pragma unroll
              for (int c = 0; c < wide_channels; ++c) sum[q][c] = fused(weight[h][c], pixel[q + 1 - h], sum[q][c]);
            }
      }
    }
#pragma unroll
    for (int q = 0; q < Positions; ++q) {
      const int x = (q0 + q) * stride + first_tap_x - v.x.pad;
      if (x < 0 || x >= v.dst.width) continue;
#pragma unroll
      for (int c = 0; c < wide_channels; ++c)
        if (o + c < v.out_per_group)
          reinterpret_cast<T*>(v.dst.data + t.image * v.dst.image + (first_out + c) * v.dst.channel +
                               t.row * v.dst.row)[x] = narrow<T>(sum[q][c]);
    }
  }
}

namespace {

template <class T, int Positions>
status start_wide(conv_view& v, const launch_options& options) {
  const int positions = (v.dst.width - 1 + v.x.pad) / v.x.stride + 1;
  const std::int64_t columns = std::int64_t{divide_up(positions, Positions)} * (v.x.stride / block_lanes);
  const std::size_t shared = sizeof(float) * v.in_per_group * 2 * wide_pitch<Positions>;
  return launch_tiles(v, columns, 1, 1, v.dst.channels / v.out_per_group,
                      [&](const conv_view& view, unsigned blocks) {
                        return launch<conv_wide_kernel<T, Positions>>(blocks, dim3(block_lanes, wide_warps), shared,
                                                                      options.stream, view);
                      });
}

/// As few positions beyond the row as 9 or 17 allow.
template <class T>
status choose_positions(conv_view& v, const launch_options& options) {
  const int positions = (v.dst.width - 1 + v.x.pad) / v.x.stride + 1;
  return positions <= 9 ? start_wide<T, 9>(v, options) : start_wide<T, 17>(v, options);
}

}  // namespace

bool fits_wide(const conv_transpose_call& call, const conv_view& v) {
  const auto& [kernel, stride, dilation, pad] = call.x;
  return call.dst.channels == 1 && call.src.channels == 1 && stride % block_lanes == 0 && kernel == 2 * stride &&
         dilation == 1 && call.y.kernel == kernel && call.y.stride == stride && call.y.dilation == 1 &&
         v.in_per_group * 2 * wide_pitch<17> <= most_wide_floats;
}

status conv_wide(conv_view& v, element_type type, const launch_options& options) {
  return visit_pixel_type(every_float_type, type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return choose_positions<T>(v, options); });
}

}  // namespace fluxel::kernels::gpu
