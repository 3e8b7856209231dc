// SPDX-License-Identifier: Apache-2.0
// Transposed convolution of planes whose stride is a multiple of 32, with kernels of twice the stride (FCN-32s). The
// lanes of a warp are neighbouring phases of an output row: they read weights side by side, and one pixel for all. A
// thread sums several positions and several output channels, so that each weight and each pixel serves many sums.

#include <algorithm>

#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/conv_transpose/conv_transpose.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int wide_channels = 3;  ///< output channels of a thread
inline constexpr int most_wide_warps = 7;
inline constexpr int most_wide_floats = 10 * 1024;  ///< staged pixels

/// Pixels that `Positions` neighbours read of a row, and where the next row begins.
template <int Positions>
inline constexpr int wide_pitch = (Positions + 1 + 3) / 4 * 4;

/// The weights that a thread needs next: of two taps for each of its channels, row after row of the kernel in every
/// input channel.
template <class T>
class wide_weights {
 public:
  float tap[2][wide_channels];

  /// @param rows  of the kernel, 1 or 2, from `first` on, which counts elements
  __device__ __forceinline__ wide_weights(const conv_view& v, std::ptrdiff_t first, int rows, int channels)
      : to_next_tap_(v.x.stride) {
    const std::ptrdiff_t taps = std::ptrdiff_t{v.x.kernel} * v.y.kernel;
    const std::ptrdiff_t row = rows == 2 ? std::ptrdiff_t{v.x.stride} * v.x.kernel : 0;
    to_next_[0] = rows == 2 ? row : v.out_per_group * taps;
    to_next_[1] = v.out_per_group * taps - row;
#pragma unroll
    for (int c = 0; c < wide_channels; ++c)
      weight_[c] = static_cast<const T*>(v.weights) + first + (c < channels ? c : 0) * taps;
  }
  __device__ __forceinline__ void load() {
#pragma unroll
    for (int c = 0; c < wide_channels; ++c) {
      tap[0][c] = load_float<T>(weight_[c], 0);
      tap[1][c] = load_float<T>(weight_[c], to_next_tap_);
    }
  }
  /// From an even step to the odd one after it, and on.
  __device__ __forceinline__ void advance(int step) {
    const std::ptrdiff_t by = step & 1 ? to_next_[1] : to_next_[0];
#pragma unroll
    for (const T*& w : weight_) w += by;
  }

 private:
  const T* weight_[wide_channels];
  std::ptrdiff_t to_next_[2];
  int to_next_tap_;
};

/// A warp sums three output channels. Blocks are as small as their staged pixels allow: many more of them than a
/// device holds at once end at nearly the same time.
template <class T, int Positions>
__global__ void __launch_bounds__(most_wide_warps* block_lanes)
    conv_wide_kernel(const __grid_constant__ conv_view v) {
  constexpr int pitch = wide_pitch<Positions>;
  FLUXEL_DYNAMIC_SHARED(float, rows);  // [input channel][2][pitch]: pixels from the one before the first position on
  const conv_tile t = find_tile(v);    // column: positions, then 32 phases; channel: of the group, then the group
  const int lane = static_cast<int>(threadIdx.x), warp = static_cast<int>(threadIdx.y);
  const int warps = static_cast<int>(blockDim.y), of_block = warps * wide_channels;
  const int blocks_of_group = (v.out_per_group + of_block - 1) / of_block;
  const int group = t.channel / blocks_of_group;
  const int o = (t.channel - group * blocks_of_group) * of_block + warp * wide_channels;
  const int stride = v.x.stride, kernel = v.x.kernel, blocks_of_phases = stride / block_lanes;
  const int first_tap_x = t.column % blocks_of_phases * block_lanes + lane;
  const int q0 = t.column / blocks_of_phases * Positions;
  const int first_tap_y = (t.row + v.y.pad) % stride, sy = (t.row + v.y.pad) / stride;
  for (int i = warp * block_lanes + lane; i < v.in_per_group * 2 * pitch; i += warps * block_lanes) {
    const int channel = i / (2 * pitch), j = i / pitch % 2, x = q0 - 1 + i % pitch, y = sy - j;
    const bool exists = x >= 0 && x < v.src.width && y >= 0 && y < v.src.height;
    rows[i] = exists ? load_float<T>(v.src.data + t.image * v.src.image +
                                         (group * v.in_per_group + channel) * v.src.channel + y * v.src.row,
                                     x)
                     : 0.0f;
  }
  __syncthreads();
  if (o >= v.out_per_group) return;
  unsigned valid = 0;  // bit i: pixel q0 - 1 + i exists
#pragma unroll
  for (int i = 0; i <= Positions; ++i) valid |= unsigned{q0 - 1 + i >= 0 && q0 - 1 + i < v.src.width} << i;
  const int first_row = sy < v.src.height ? 0 : sy - 1 < v.src.height ? 1 : 2, end_row = sy >= 1 ? 2 : 1;
  const int first_out = group * v.out_per_group + o;
  float sum[Positions][wide_channels];
#pragma unroll
  for (int c = 0; c < wide_channels; ++c) {
    const float bias = v.bias && o + c < v.out_per_group ? load_float<T>(v.bias, first_out + c) : 0.0f;
#pragma unroll
    for (int q = 0; q < Positions; ++q) sum[q][c] = bias;
  }
  const int kernel_rows = max(end_row - first_row, 0), steps = v.in_per_group * kernel_rows;
  const std::ptrdiff_t first_weight =
      (std::ptrdiff_t{group} * v.in_per_group * v.out_per_group + o) * kernel * v.y.kernel +
      (std::ptrdiff_t{first_tap_y} + std::ptrdiff_t{first_row} * stride) * kernel + first_tap_x;
  wide_weights<T> next(v, first_weight, kernel_rows, v.out_per_group - o);
  if (steps > 0) next.load();
  const float* row = rows + first_row * pitch;
#pragma unroll 1
  for (int step = 0; step < steps; ++step, row += kernel_rows == 2 ? pitch : 2 * pitch) {
    float weight[2][wide_channels], pixel[Positions + 1];
#pragma unroll
    for (int c = 0; c < wide_channels; ++c) weight[0][c] = next.tap[0][c], weight[1][c] = next.tap[1][c];
    next.advance(step);
    if (step + 1 < steps) next.load();
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

namespace {

template <class T, int Positions>
status start_wide(conv_view& v, const launch_options& options) {
  const int positions = (v.dst.width - 1 + v.x.pad) / v.x.stride + 1;
  const std::int64_t columns = std::int64_t{divide_up(positions, Positions)} * (v.x.stride / block_lanes);
  const std::size_t shared = sizeof(float) * v.in_per_group * 2 * wide_pitch<Positions>;
  constexpr std::size_t of_a_warp = 12 * 1024;  // sixteen warps to a multiprocessor
  const int most_warps = std::min(divide_up(v.out_per_group, wide_channels), most_wide_warps);
  const int warps = std::min(static_cast<int>(shared / of_a_warp) + 1, most_warps);
  const int channels = v.dst.channels / v.out_per_group * divide_up(v.out_per_group, warps * wide_channels);
  return launch_tiles(v, columns, 1, 1, channels, [&](const conv_view& view, unsigned blocks) {
    return launch<conv_wide_kernel<T, Positions>>(blocks, dim3(block_lanes, warps), shared, options.stream, view);
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
