// SPDX-License-Identifier: Apache-2.0
// Dense transposed convolution of planes with stride 2 and kernels of 4 x 4 as a matrix product for each of the four
// phases of the output: rows are positions (x / 2, y / 2), columns output channels. The inner index runs over (input
// channel, kernel row, kernel column) ascending, so that every output is the chain of conv_transpose.hpp.
//
// A tap that meets no pixel is skipped, never multiplied by zero: weights may be infinite, and sums -0. The eight
// rows of a thread are one position in eight images, so that one test per tap serves all, or eight positions of one
// image.

#include "kernels/cuda/conv_transpose/conv_transpose.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int gemm_stride = 2;
inline constexpr int gemm_kernel = 4;
inline constexpr int gemm_taps = 4;    ///< of an output in one input channel
inline constexpr int gemm_inputs = 2;  ///< input channels of a step
inline constexpr int gemm_steps = gemm_taps * gemm_inputs;
inline constexpr int rows_of_thread = 8;

enum class row_kind { images, positions };

/// Tile of Rows x Columns outputs; a thread computes 8 x ColumnsOfThread.
template <int Rows, int Columns, int ColumnsOfThread, row_kind Kind>
struct gemm_shape {
  static constexpr int rows = Rows, columns = Columns, columns_of_thread = ColumnsOfThread;
  static constexpr int threads_down = Rows / rows_of_thread, threads_across = Columns / ColumnsOfThread;
  static constexpr int threads = threads_down * threads_across;
  static constexpr int quads = ColumnsOfThread / 4;
  static constexpr int pixel_loads = Rows * gemm_inputs / threads;
  static constexpr int weight_items = Columns * gemm_inputs;
  static constexpr int weight_loads = (weight_items + threads - 1) / threads;
  static constexpr bool images = Kind == row_kind::images;
  static constexpr int positions = images ? Rows / rows_of_thread : Rows;  ///< of a tile
};

/// What a block computes: one phase of the outputs, some positions of it, some output channels of a group.
struct gemm_tile {
  int phase_x, phase_y;
  int tap_x, tap_y;        ///< the first kernel column and row of the phase
  int source_x, source_y;  ///< added to a position: the source pixel of the first tap
  int position;            ///< the tile's first
  int image;               ///< the tile's first
  int group;
  int channel;  ///< the tile's first, in the group
};

struct gemm_work {
  conv_view v;
  divisor positions_per_row;
  int positions = 0;  ///< of a phase
  divisor position_tiles;
  divisor channel_tiles;
  divisor groups;
};

template <class S>
__device__ __forceinline__ gemm_tile find_gemm_tile(const gemm_work& g) {
  const std::uint32_t phase = blockIdx.x % 4;
  std::uint32_t position, channel, group;
  const std::uint32_t image =
      g.groups.split(g.channel_tiles.split(g.position_tiles.split(blockIdx.x / 4, position), channel), group);
  const int px = static_cast<int>(phase % 2), py = static_cast<int>(phase / 2);
  return {px,
          py,
          (px + g.v.x.pad) % 2,
          (py + g.v.y.pad) % 2,
          (px + g.v.x.pad) / 2,
          (py + g.v.y.pad) / 2,
          static_cast<int>(position) * S::positions,
          static_cast<int>(image) * (S::images ? rows_of_thread : 1),
          static_cast<int>(group),
          static_cast<int>(channel) * S::columns};
}

struct grid_position {
  int x, y;
};
__device__ __forceinline__ grid_position position_at(const gemm_work& g, int p) {
  std::uint32_t x;
  const std::uint32_t y = g.positions_per_row.split(static_cast<std::uint32_t>(p), x);
  return {static_cast<int>(x), static_cast<int>(y)};
}

/// Bit j: tap j (row j / 2, column j % 2) of position p meets a pixel.
__device__ __forceinline__ unsigned taps_of_position(const gemm_work& g, const gemm_tile& t, int p) {
  const grid_position at = position_at(g, p);
  unsigned mask = 0;
#pragma unroll
  for (int j = 0; j < gemm_taps; ++j) {
    const int y = at.y + t.source_y - j / 2, x = at.x + t.source_x - j % 2;
    mask |= unsigned{p < g.positions && y >= 0 && y < g.v.src.height && x >= 0 && x < g.v.src.width} << j;
  }
  return mask;
}

/// What a thread brings to the block: pixels and weights of two input channels, from memory to registers, then to
/// shared memory while the block is busy with the ones before.
template <class T, class S>
struct gemm_loader {
  const std::byte* pixel[S::pixel_loads];
  unsigned valid[S::pixel_loads];
  std::ptrdiff_t weight[S::weight_loads];
  bool has_weight[S::weight_loads];
  float pixels[S::pixel_loads][gemm_taps];
  float weights[S::weight_loads][gemm_taps];

  __device__ __forceinline__ gemm_loader(const gemm_work& g, const gemm_tile& t, int thread) {
    const conv_view& v = g.v;
#pragma unroll
    for (int l = 0; l < S::pixel_loads; ++l) {
      const int row = (thread + l * S::threads) % S::rows, input = (thread + l * S::threads) / S::rows;
      const int p = t.position + (S::images ? row % S::positions : row);
      const int image = t.image + (S::images ? row / S::positions : 0);
      const grid_position at = position_at(g, p);
      valid[l] = image < v.dst.count ? taps_of_position(g, t, p) : 0;
      pixel[l] = v.src.data + (valid[l] ? image : 0) * v.src.image +
                 (t.group * v.in_per_group + input) * v.src.channel + (at.y + t.source_y) * v.src.row +
                 std::ptrdiff_t{at.x + t.source_x} * static_cast<int>(sizeof(T));
    }
#pragma unroll
    for (int l = 0; l < S::weight_loads; ++l) {
      const int item = thread + l * S::threads, column = item % S::columns, input = item / S::columns;
      has_weight[l] = item < S::weight_items && t.channel + column < v.out_per_group;
      const std::ptrdiff_t channel = has_weight[l] ? t.channel + column : 0;
      weight[l] =
          ((std::ptrdiff_t{t.group} * v.in_per_group + (has_weight[l] ? input : 0)) * v.out_per_group + channel) *
              (gemm_kernel * gemm_kernel) +
          t.tap_y * gemm_kernel + t.tap_x;
    }
  }
  __device__ __forceinline__ void load(const conv_view& v) {
#pragma unroll
    for (int l = 0; l < S::pixel_loads; ++l) {
#pragma unroll
      for (int j = 0; j < gemm_taps; ++j) {
        pixels[l][j] = 0;
        if (valid[l] >> j & 1) pixels[l][j] = load_float<T>(pixel[l] - j / 2 * v.src.row, -(j % 2));
      }
      pixel[l] += gemm_inputs * v.src.channel;
    }
#pragma unroll
    for (int l = 0; l < S::weight_loads; ++l) {
#pragma unroll
      for (int j = 0; j < gemm_taps; ++j)
        weights[l][j] =
            has_weight[l]
                ? load_float<T>(v.weights, weight[l] + j / 2 * gemm_stride * gemm_kernel + j % 2 * gemm_stride)
                : 0.0f;
      weight[l] += std::ptrdiff_t{gemm_inputs} * v.out_per_group * gemm_kernel * gemm_kernel;
    }
  }
  /// The eight rows of a thread lie together in fours, as it reads them.
  __device__ __forceinline__ void store(float* to_pixels, float* to_weights, int thread) const {
#pragma unroll
    for (int l = 0; l < S::pixel_loads; ++l) {
      const int row = (thread + l * S::threads) % S::rows, input = (thread + l * S::threads) / S::rows;
      const int position = row % S::positions, image = row / S::positions;
      const int at = S::images ? image / 4 * (S::rows / 2) + position * 4 + image % 4 : row;
#pragma unroll
      for (int j = 0; j < gemm_taps; ++j) to_pixels[(input * gemm_taps + j) * S::rows + at] = pixels[l][j];
    }
#pragma unroll
    for (int l = 0; l < S::weight_loads; ++l) {
      const int item = thread + l * S::threads, column = item % S::columns, input = item / S::columns;
      if (item >= S::weight_items) break;
#pragma unroll
      for (int j = 0; j < gemm_taps; ++j) to_weights[(input * gemm_taps + j) * S::columns + column] = weights[l][j];
    }
  }
};

__device__ __forceinline__ void spread(float (&out)[4], const float* from) {
  const float4 four = *reinterpret_cast<const float4*>(from);
  out[0] = four.x, out[1] = four.y, out[2] = four.z, out[3] = four.w;
}

/// The thread's outputs.
template <class S>
struct gemm_sums {
  float sum[rows_of_thread][S::columns_of_thread];

  /// All taps of two input channels. `taps`: bit j of a position's mask; for positions, 8 bits per tap.
  template <bool Whole>
  __device__ __forceinline__ void add(const float* pixels, const float* weights, unsigned taps) {
#pragma unroll
    for (int k = 0; k < gemm_steps; ++k) {
      float x[2][4], w[S::quads][4];
      spread(x[0], pixels + k * S::rows);
      spread(x[1], pixels + k * S::rows + S::rows / 2);
#pragma unroll
      for (int q = 0; q < S::quads; ++q) spread(w[q], weights + k * S::columns + q * (S::columns / S::quads));
      const int tap = k % gemm_taps;
      if (Whole || (S::images && (taps >> tap & 1))) {
#pragma unroll
        for (int i = 0; i < rows_of_thread; ++i)
#pragma unroll
          for (int c = 0; c < S::columns_of_thread; ++c)
            sum[i][c] = fused(w[c / 4][c % 4], x[i / 4][i % 4], sum[i][c]);
      } else if (!S::images) {
#pragma unroll
        for (int i = 0; i < rows_of_thread; ++i)
          if (taps >> (8 * tap + i) & 1) {
#pragma unroll
            for (int c = 0; c < S::columns_of_thread; ++c)
              sum[i][c] = fused(w[c / 4][c % 4], x[i / 4][i % 4], sum[i][c]);
          }
      }
    }
  }
};

template <class T, class S>
__global__ void __launch_bounds__(S::threads) conv_gemm_kernel(const __grid_constant__ gemm_work g) {
  FLUXEL_SHARED(float, pixels, [2][gemm_steps * S::rows]);
  FLUXEL_SHARED(float, weights, [2][gemm_steps * S::columns]);
  const conv_view& v = g.v;
  const gemm_tile t = find_gemm_tile<S>(g);
  const int lane = static_cast<int>(threadIdx.x), warp = static_cast<int>(threadIdx.y);
  const int thread = warp * block_lanes + lane;
  constexpr int warps_across = S::threads_across / 4;  // a warp has 8 x 4 threads
  const int down = warp / warps_across * 8 + lane % 8, across = warp % warps_across * 4 + lane / 8;
  auto position_of = [&](int i) {
    return t.position + (S::images ? down : i / 4 * (S::rows / 2) + down * 4 + i % 4);
  };
  auto column_of = [&](int c) { return t.channel + c / 4 * (S::columns / S::quads) + across * 4 + c % 4; };
  unsigned taps = 0;
#pragma unroll
  for (int i = 0; i < (S::images ? 1 : rows_of_thread); ++i) {
    const unsigned mask = taps_of_position(g, t, position_of(i));
#pragma unroll
    for (int j = 0; j < gemm_taps; ++j) taps |= (mask >> j & 1) << (S::images ? j : 8 * j + i);
  }
  gemm_sums<S> sums;
#pragma unroll
  for (int c = 0; c < S::columns_of_thread; ++c) {
    const int column = column_of(c);
    const float bias = v.bias && column < v.out_per_group
                           ? load_float<T>(v.bias, std::ptrdiff_t{t.group} * v.out_per_group + column)
                           : 0.0f;
#pragma unroll
    for (int i = 0; i < rows_of_thread; ++i) sums.sum[i][c] = bias;
  }
  gemm_loader<T, S> loader(g, t, thread);
  loader.load(v);
  loader.store(pixels[0], weights[0], thread);
  __syncthreads();
  const int steps = v.in_per_group / gemm_inputs;
  const bool whole = __all_sync(~0u, taps == (S::images ? 15u : ~0u));
#pragma unroll 1
  for (int step = 0; step < steps; ++step) {
    const int buffer = step & 1;
    const float *x = pixels[buffer] + down * 4, *w = weights[buffer] + across * 4;
    if (step + 1 < steps) loader.load(v);
    if (whole)
      sums.template add<true>(x, w, taps);
    else
      sums.template add<false>(x, w, taps);
    if (step + 1 < steps) loader.store(pixels[buffer ^ 1], weights[buffer ^ 1], thread);
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < rows_of_thread; ++i) {
    const int p = position_of(i), image = t.image + (S::images ? i : 0);
    const grid_position at = position_at(g, p);
    const int x = at.x * 2 + t.phase_x, y = at.y * 2 + t.phase_y;
    if (p >= g.positions || image >= v.dst.count || x >= v.dst.width || y >= v.dst.height) continue;
    std::byte* out = v.dst.data + image * v.dst.image + t.group * v.out_per_group * v.dst.channel + y * v.dst.row +
                     std::ptrdiff_t{x} * static_cast<int>(sizeof(T));
#pragma unroll
    for (int c = 0; c < S::columns_of_thread; ++c)
      if (const int column = column_of(c); column < v.out_per_group)
        *reinterpret_cast<T*>(out + column * v.dst.channel) = narrow<T>(sums.sum[i][c]);
  }
}

namespace {

template <class T, class S>
status start_gemm(const conv_view& v, const launch_options& options) {
  gemm_work g{.v = v};
  const int per_row = divide_up(v.dst.width, gemm_stride);
  const std::int64_t positions = std::int64_t{per_row} * divide_up(v.dst.height, gemm_stride);
  const int channel_tiles = divide_up(v.out_per_group, S::columns), groups = v.dst.channels / v.out_per_group;
  const std::int64_t tiles = (positions + S::positions - 1) / S::positions;
  const int image_tiles = S::images ? divide_up(v.dst.count, rows_of_thread) : v.dst.count;
  const double blocks = 4.0 * static_cast<double>(tiles) * channel_tiles * groups * image_tiles;
  if (positions > 0x7ffffff0 - S::rows || blocks > 0x7fffffff) return status::unsupported;
  g.positions_per_row = divisor(per_row);
  g.positions = static_cast<int>(positions);
  g.position_tiles = divisor(static_cast<int>(tiles));
  g.channel_tiles = divisor(channel_tiles);
  g.groups = divisor(groups);
  return launch<conv_gemm_kernel<T, S>>(static_cast<unsigned>(blocks), dim3(block_lanes, S::threads / block_lanes), 0,
                                        options.stream, g);
}

template <class T, row_kind Kind>
status start_columns(const conv_view& v, const launch_options& options) {
  constexpr int many = 64;
  if (v.out_per_group > many) return start_gemm<T, gemm_shape<256, 128, 16, Kind>>(v, options);
  return start_gemm<T, gemm_shape<256, 32, 8, Kind>>(v, options);
}

template <class T>
status start_rows(const conv_view& v, const launch_options& options) {
  constexpr int enough_images = 5;  // of eight
  return v.dst.count % rows_of_thread == 0 || v.dst.count % rows_of_thread >= enough_images
             ? start_columns<T, row_kind::images>(v, options)
             : start_columns<T, row_kind::positions>(v, options);
}

}  // namespace

bool fits_gemm(const conv_view& v) {
  constexpr int enough_outputs = 8;
  return v.x.stride == gemm_stride && v.in_per_group % gemm_inputs == 0 && v.out_per_group >= enough_outputs &&
         v.in_per_group >= 4;
}

status conv_gemm(const conv_view& v, element_type type, const launch_options& options) {
  switch (type) {
    case element_type::f32:
      return start_rows<f32>(v, options);
    case element_type::f16:
      return start_rows<f16>(v, options);
    case element_type::bf16:
      return start_rows<bf16>(v, options);
    default:
      return status::unsupported;
  }
}

}  // namespace fluxel::kernels::gpu
