// SPDX-License-Identifier: Apache-2.0
// Transposed convolution of planes with stride 2 or 4 and kernels of twice the stride: every output has 2 x 2 taps in
// each input channel. A thread computes four neighbouring outputs of one row, in one or several output channels, so
// that source pixels are read once for them and results are stored as one word.

#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/conv_transpose/conv_transpose.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int outputs = 4;        ///< of a thread, along the row
inline constexpr int channel_chunk = 8;  ///< input channels whose weights are in shared memory at once

/// What is fixed by the stride and by `Phase`, the padding modulo the stride.
template <int Stride, int Phase>
struct strided_shape {
  static constexpr int kernel = 2 * Stride;
  static constexpr int weights = kernel * kernel;
  /// Output m of a thread: its source pixel, from the thread's first on, and the kernel column that meets it.
  static constexpr __device__ int pixel(int m) { return (Phase + m) / Stride; }
  static constexpr __device__ int column(int m) { return (Phase + m) % Stride; }
  static constexpr int pixels = (Phase + outputs - 1) / Stride + 2;  ///< read per row, the one before the first too
};

/// Adds one source row to a thread's sums. `row_weights`: the kernel row, for the first output channel.
template <int Stride, int Phase, int Channels, bool Inside>
__device__ __forceinline__ void add_row(float (&sum)[Channels][outputs], const float* row_weights,
                                        const float (&pixel)[strided_shape<Stride, Phase>::pixels], unsigned valid) {
  using shape = strided_shape<Stride, Phase>;
  for (int c = 0; c < Channels; ++c)
    for (int m = 0; m < outputs; ++m)
      for (int j = 0; j < 2; ++j) {
        const int at = shape::pixel(m) - j + 1;
        const float next =
            fused(row_weights[c * shape::weights + shape::column(m) + Stride * j], pixel[at], sum[c][m]);
        if (Inside || (valid >> at & 1)) sum[c][m] = next;
      }
}

template <class T>
struct alignas(outputs * sizeof(T)) output_word {
  T value[outputs];
};

template <class T>
__device__ __forceinline__ void store_outputs(T* row, int x, int width, const float (&sum)[outputs]) {
  output_word<T> word;
  for (int m = 0; m < outputs; ++m) word.value[m] = narrow<T>(sum[m]);
  if (x + outputs <= width && reinterpret_cast<std::uintptr_t>(row + x) % sizeof(word) == 0) {
    *reinterpret_cast<output_word<T>*>(row + x) = word;
    return;
  }
  for (int m = 0; m < outputs; ++m)
    if (x + m < width) row[x + m] = word.value[m];
}

template <class T, int Stride, int Phase, int Channels>
__global__ void __launch_bounds__(block_threads)
    conv_strided_kernel(const __grid_constant__ conv_view v, int tiles_per_group) {
  using shape = strided_shape<Stride, Phase>;
  FLUXEL_SHARED(float, weights, [channel_chunk * Channels * shape::weights]);
  const conv_tile t = find_tile(v);
  const int thread = static_cast<int>(threadIdx.y) * block_lanes + static_cast<int>(threadIdx.x);
  const int x = (t.column * block_lanes + static_cast<int>(threadIdx.x)) * outputs;
  const int y = t.row * block_warps + static_cast<int>(threadIdx.y);
  const int group = t.channel / tiles_per_group;
  const int first_out = (t.channel - group * tiles_per_group) * Channels;  // in the group
  const int channels = min(Channels, v.out_per_group - first_out);
  const int o = group * v.out_per_group + first_out;
  const int sy = (y + v.y.pad) / Stride;
  const int ky = (y + v.y.pad) % Stride;
  const int sx = (x + v.x.pad) / Stride;
  unsigned valid = 0;  // bit i: pixel i of the row, counted from sx - 1, exists
  for (int i = 0; i < shape::pixels; ++i) valid |= unsigned{sx - 1 + i >= 0 && sx - 1 + i < v.src.width} << i;
  float sum[Channels][outputs];
  for (int c = 0; c < Channels; ++c) {
    const float bias = v.bias && c < channels ? load_float<T>(v.bias, o + c) : 0.0f;
    for (int m = 0; m < outputs; ++m) sum[c][m] = bias;
  }
  for (int i = 0; i < v.in_per_group; i += channel_chunk) {
    const int inputs = min(channel_chunk, v.in_per_group - i);
    for (int k = thread; k < inputs * Channels * shape::weights; k += block_threads) {
      const int in = k / (Channels * shape::weights);
      const int rest = k - in * Channels * shape::weights;
      const std::ptrdiff_t first = (std::ptrdiff_t{group} * v.in_per_group + i + in) * v.out_per_group + first_out;
      weights[k] = rest < channels * shape::weights ? load_float<T>(v.weights, first * shape::weights + rest) : 0.0f;
    }
    __syncthreads();
    for (int in = 0; in < inputs && x < v.dst.width && y < v.dst.height; ++in) {
      const std::byte* plane = v.src.data + t.image * v.src.image + (group * v.in_per_group + i + in) * v.src.channel;
      for (int j = 0; j < 2; ++j) {
        if (sy - j < 0 || sy - j >= v.src.height) continue;
        const std::byte* row = plane + (sy - j) * v.src.row;
        float pixel[shape::pixels];
        for (int p = 0; p < shape::pixels; ++p) pixel[p] = valid >> p & 1 ? load_float<T>(row, sx - 1 + p) : 0.0f;
        const float* w = weights + in * Channels * shape::weights + (ky + Stride * j) * shape::kernel;
        if (valid == (1u << shape::pixels) - 1)
          add_row<Stride, Phase, Channels, true>(sum, w, pixel, valid);
        else
          add_row<Stride, Phase, Channels, false>(sum, w, pixel, valid);
      }
    }
    __syncthreads();
  }
  if (x >= v.dst.width || y >= v.dst.height) return;
  for (int c = 0; c < channels; ++c) {
    std::byte* row = v.dst.data + t.image * v.dst.image + (o + c) * v.dst.channel + y * v.dst.row;
    store_outputs(reinterpret_cast<T*>(row), x, v.dst.width, sum[c]);
  }
}

namespace {

template <class T, int Stride, int Phase, int Channels>
status start(conv_view& v, const launch_options& options) {
  const int tiles_per_group = divide_up(v.out_per_group, Channels);
  const int groups = v.dst.channels / v.out_per_group;
  return launch_tiles(v, v.dst.width, block_lanes * outputs, block_warps, groups * tiles_per_group,
                      [&](const conv_view& view, unsigned blocks) {
                        return launch<conv_strided_kernel<T, Stride, Phase, Channels>>(
                            blocks, dim3(block_lanes, block_warps), 0, options.stream, view, tiles_per_group);
                      });
}

template <class T, int Stride, int Phase>
status start_phase(conv_view& v, const launch_options& options) {
  constexpr int together = 4;
  return v.out_per_group >= together ? start<T, Stride, Phase, together>(v, options)
                                     : start<T, Stride, Phase, 1>(v, options);
}

template <class T>
status start_type(conv_view& v, const launch_options& options) {
  if (v.x.stride == 2) return v.x.pad % 2 == 0 ? start_phase<T, 2, 0>(v, options) : start_phase<T, 2, 1>(v, options);
  switch (v.x.pad % 4) {
    case 0:
      return start_phase<T, 4, 0>(v, options);
    case 1:
      return start_phase<T, 4, 1>(v, options);
    case 2:
      return start_phase<T, 4, 2>(v, options);
    default:
      return start_phase<T, 4, 3>(v, options);
  }
}

}  // namespace

bool fits_strided(const conv_transpose_call& call) {
  const auto& [kernel, stride, dilation, pad] = call.x;
  return call.dst.channels == 1 && call.src.channels == 1 && (stride == 2 || stride == 4) && kernel == 2 * stride &&
         dilation == 1 && call.y.kernel == kernel && call.y.stride == stride && call.y.dilation == 1;
}

status conv_strided(conv_view& v, element_type type, const launch_options& options) {
  return visit_pixel_type(every_float_type, type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return start_type<T>(v, options); });
}

}  // namespace fluxel::kernels::gpu
