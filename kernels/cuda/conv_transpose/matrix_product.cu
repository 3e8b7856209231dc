// SPDX-License-Identifier: Apache-2.0
// Dense transposed convolution of planes with stride 2 and kernels of 4 x 4 as a matrix product for each of the four
// phases of the output: rows are positions (x / 2, y / 2), columns output channels. The inner index runs over (input
// channel, kernel row, kernel column) ascending, so that every output is the chain of conv_transpose.hpp.
//
// A tap that meets no pixel is skipped, never multiplied by zero: weights may be infinite, and sums -0. The eight
// rows of a thread are one position in eight images, so that one test per tap serves all, or eight positions of one
// image.

#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/conv_transpose/conv_transpose.cuh"
#include "kernels/cuda/runtime/predicated.cuh"
#include "kernels/cuda/runtime/words.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int gemm_stride = 2;
inline constexpr int gemm_kernel = 4;
inline constexpr int gemm_taps = 4;  ///< of an output in one input channel
inline constexpr int gemm_most_inputs = 2;
inline constexpr int rows_of_thread = 8;

enum class row_kind { images, positions };

/// Tile of Rows x Columns outputs; a thread computes 8 x 16, and a step takes `Inputs` input channels.
template <int Rows, int Columns, int Inputs, row_kind Kind>
struct gemm_shape {
  static constexpr int rows = Rows, columns = Columns, inputs = Inputs, columns_of_thread = 16;
  static constexpr int steps = gemm_taps * Inputs;  ///< of the inner index
  static constexpr int threads_down = Rows / rows_of_thread, threads_across = Columns / columns_of_thread;
  static constexpr int threads = threads_down * threads_across;
  static constexpr int lanes_across = threads_across < 4 ? threads_across : 4;  ///< of a warp
  static constexpr int lanes_down = 32 / lanes_across;
  static constexpr int quads = columns_of_thread / 4;
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
__device__ __forceinline__ gemm_tile find_gemm_tile(const gemm_work& g, std::uint32_t block) {
  const std::uint32_t phase = block % 4;
  std::uint32_t position, channel, group;
  const std::uint32_t image =
      g.groups.split(g.channel_tiles.split(g.position_tiles.split(block / 4, position), channel), group);
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

/// What a thread brings to the block: pixels and weights of a step's input channels, from memory to registers, then
/// to shared memory while the block is busy with the ones before.
///
/// Units of pixels are one kernel row's two taps of one position, in four images or in one; units of weights are one
/// kernel row's two taps of one output channel. Neighbouring lanes take neighbouring positions and kernel rows.
template <class T, class S>
struct gemm_loader {
  static constexpr int images = S::images ? 4 : 1;  ///< of a unit
  static constexpr int pixel_units = S::rows / images * S::inputs * 2 / S::threads;
  static constexpr int weight_units = (S::columns * S::inputs * 2 + S::threads - 1) / S::threads;
  const std::byte* pixel[pixel_units];
  unsigned valid[pixel_units];  ///< bit 2 * image + tap
  std::ptrdiff_t weight[weight_units];
  bool has_weight[weight_units];
  float pixels[pixel_units][2][images];
  float weights[weight_units][2];

  struct pixel_unit {
    int at;  ///< of its first pixel among the rows of the inner index's step, as threads read them
    int position, image, input, kernel_row;
    __device__ __forceinline__ explicit pixel_unit(int unit) {
      constexpr int quads = rows_of_thread / 4;
      position = unit % S::positions;
      const int rest = unit / S::positions;
      const int quad = S::images ? rest % quads : 0, last = S::images ? rest / quads : rest;
      image = quad * 4;
      at = S::images ? quad * (S::rows / 2) + position * 4 : position;
      kernel_row = last % 2;
      input = last / 2;
    }
  };
  struct weight_unit {
    int column, input, kernel_row;
    __device__ __forceinline__ explicit weight_unit(int unit)
        : column(unit / 2 % S::columns), input(unit / (2 * S::columns)), kernel_row(unit % 2) {}
  };

  __device__ __forceinline__ gemm_loader(const gemm_work& g, const gemm_tile& t, int thread) {
    const conv_view& v = g.v;
#pragma unroll
    for (int l = 0; l < pixel_units; ++l) {
      const pixel_unit u(thread + l * S::threads);
      const grid_position at = position_at(g, t.position + u.position);
      const unsigned taps = taps_of_position(g, t, t.position + u.position) >> (2 * u.kernel_row) & 3;
      valid[l] = 0;
#pragma unroll
      for (int i = 0; i < images; ++i) valid[l] |= (t.image + u.image + i < v.dst.count ? taps : 0) << (2 * i);
      pixel[l] = v.src.data + std::ptrdiff_t{t.image + u.image} * v.src.image +
                 (std::ptrdiff_t{t.group} * v.in_per_group + u.input) * v.src.channel +
                 (at.y + t.source_y - u.kernel_row) * v.src.row +
                 std::ptrdiff_t{at.x + t.source_x} * static_cast<int>(sizeof(T));
    }
#pragma unroll
    for (int l = 0; l < weight_units; ++l) {
      const weight_unit u(thread + l * S::threads);
      has_weight[l] = u.input < S::inputs && t.channel + u.column < v.out_per_group;
      const std::ptrdiff_t channel = has_weight[l] ? t.channel + u.column : 0;
      weight[l] =
          ((std::ptrdiff_t{t.group} * v.in_per_group + (has_weight[l] ? u.input : 0)) * v.out_per_group + channel) *
              (gemm_kernel * gemm_kernel) +
          (t.tap_y + u.kernel_row * gemm_stride) * gemm_kernel + t.tap_x;
    }
  }
  /// Without a test around it: the loop over steps stays one block of code, whose loads start before the products.
  __device__ __forceinline__ void load(const conv_view& v, bool any) {
#pragma unroll
    for (int l = 0; l < pixel_units; ++l) {
      const std::byte* p = pixel[l];
#pragma unroll
      for (int i = 0; i < images; ++i, p += v.src.image) {
#pragma unroll
        for (int j = 0; j < 2; ++j) {
          pixels[l][j][i] = 0;
          if (any && (valid[l] >> (2 * i + j) & 1)) pixels[l][j][i] = load_float<T>(p, -j);
        }
      }
      pixel[l] += S::inputs * v.src.channel;
    }
#pragma unroll
    for (int l = 0; l < weight_units; ++l) {
#pragma unroll
      for (int j = 0; j < 2; ++j)
        weights[l][j] = any && has_weight[l] ? load_float<T>(v.weights, weight[l] + j * gemm_stride) : 0.0f;
      weight[l] += std::ptrdiff_t{S::inputs} * v.out_per_group * gemm_kernel * gemm_kernel;
    }
  }
  __device__ __forceinline__ void store(float* to_pixels, float* to_weights, int thread) const {
#pragma unroll
    for (int l = 0; l < pixel_units; ++l) {
      const pixel_unit u(thread + l * S::threads);
#pragma unroll
      for (int j = 0; j < 2; ++j) {
        float* to = to_pixels + (u.input * gemm_taps + u.kernel_row * 2 + j) * S::rows + u.at;
        if constexpr (images == 4)
          *reinterpret_cast<float4*>(to) = float4{pixels[l][j][0], pixels[l][j][1], pixels[l][j][2], pixels[l][j][3]};
        else
          *to = pixels[l][j][0];
      }
    }
#pragma unroll
    for (int l = 0; l < weight_units; ++l) {
      const weight_unit u(thread + l * S::threads);
      if (u.input >= S::inputs) break;
#pragma unroll
      for (int j = 0; j < 2; ++j)
        to_weights[(u.input * gemm_taps + u.kernel_row * 2 + j) * S::columns + u.column] = weights[l][j];
    }
  }
};

__device__ __forceinline__ void spread(float (&out)[4], const float* from) {
  const float4 four = *reinterpret_cast<const float4*>(from);
  out[0] = four.x, out[1] = four.y, out[2] = four.z, out[3] = four.w;
}

/// What one step of the inner index multiplies.
template <class S>
struct gemm_operands {
  float x[2][4], w[S::quads][4];

  __device__ __forceinline__ void load(const float* pixels, const float* weights, int k) {
    spread(x[0], pixels + k * S::rows);
    spread(x[1], pixels + k * S::rows + S::rows / 2);
#pragma unroll
    for (int q = 0; q < S::quads; ++q) spread(w[q], weights + k * S::columns + q * (S::columns / S::quads));
  }
};

/// The thread's outputs.
template <class S>
struct gemm_sums {
  float sum[rows_of_thread][S::columns_of_thread];

  /// All taps of the step's input channels. `taps`: bit j of a position's mask; for positions, 8 bits per tap. A tap
  /// is skipped by a predicate, not by a branch: loads of the next operands then pass it. `load_next` starts once the
  /// first operands are on their way, which would wait behind its loads.
  template <class LoadNext>
  __device__ __forceinline__ void add(const float* pixels, const float* weights, unsigned taps,
                                      LoadNext&& load_next) {
    gemm_operands<S> operands[2];
    operands[0].load(pixels, weights, 0);
    load_next();
#pragma unroll
    for (int k = 0; k < S::steps; ++k) {
      if (k + 1 < S::steps) operands[(k + 1) % 2].load(pixels, weights, k + 1);
      const gemm_operands<S>& o = operands[k % 2];
#pragma unroll
      for (int i = 0; i < rows_of_thread; ++i) {
        const int bit = S::images ? k % gemm_taps : 8 * (k % gemm_taps) + i;
        const std::uint32_t meets = taps & (1u << bit);
#pragma unroll
        for (int c = 0; c < S::columns_of_thread; ++c)
          fuse_if(meets, o.w[c / 4][c % 4], o.x[i / 4][i % 4], sum[i][c]);
      }
    }
  }
};

/// Which outputs of its tile a thread computes.
template <class S>
struct gemm_place {
  gemm_tile t;
  int thread, down, across;

  /// The index of the block is taken anew, so that nothing of one use stays in registers for the next.
  __device__ __forceinline__ explicit gemm_place(const gemm_work& g) {
    std::uint32_t block = blockIdx.x, lane = threadIdx.x, warp = threadIdx.y;
    keep_in_register(block);
    keep_in_register(lane);
    keep_in_register(warp);
    t = find_gemm_tile<S>(g, block);
    constexpr std::uint32_t warps_across = S::threads_across / S::lanes_across;
    thread = static_cast<int>(warp * block_lanes + lane);
    down = static_cast<int>(warp / warps_across * S::lanes_down + lane % S::lanes_down);
    across = static_cast<int>(warp % warps_across * S::lanes_across + lane / S::lanes_down);
  }
  __device__ __forceinline__ int position(int i) const {
    return t.position + (S::images ? down : i / 4 * (S::rows / 2) + down * 4 + i % 4);
  }
  __device__ __forceinline__ int column(int c) const {
    return t.channel + c / 4 * (S::columns / S::quads) + across * 4 + c % 4;
  }
};

template <class S>
__device__ __forceinline__ unsigned taps_of_thread(const gemm_work& g, const gemm_place<S>& place) {
  unsigned taps = 0;
#pragma unroll
  for (int i = 0; i < (S::images ? 1 : rows_of_thread); ++i) {
    const unsigned mask = taps_of_position(g, place.t, place.position(i));
#pragma unroll
    for (int j = 0; j < gemm_taps; ++j) taps |= (mask >> j & 1) << (S::images ? j : 8 * j + i);
  }
  return taps;
}

template <class T, class S>
__device__ __forceinline__ void start_sums(gemm_sums<S>& sums, const conv_view& v, const gemm_place<S>& place) {
#pragma unroll
  for (int c = 0; c < S::columns_of_thread; ++c) {
    const int column = place.column(c);
    const float bias = v.bias && column < v.out_per_group
                           ? load_float<T>(v.bias, std::ptrdiff_t{place.t.group} * v.out_per_group + column)
                           : 0.0f;
#pragma unroll
    for (int i = 0; i < rows_of_thread; ++i) sums.sum[i][c] = bias;
  }
}

template <class T, class S>
__device__ __forceinline__ void store_sums(const gemm_sums<S>& sums, const gemm_work& g, const gemm_place<S>& place) {
  const conv_view& v = g.v;
  const gemm_tile& t = place.t;
#pragma unroll
  for (int i = 0; i < rows_of_thread; ++i) {
    const int p = place.position(i), image = t.image + (S::images ? i : 0);
    const grid_position at = position_at(g, p);
    const int x = at.x * 2 + t.phase_x, y = at.y * 2 + t.phase_y;
    if (p >= g.positions || image >= v.dst.count || x >= v.dst.width || y >= v.dst.height) continue;
    std::byte* out = v.dst.data + image * v.dst.image + t.group * v.out_per_group * v.dst.channel + y * v.dst.row +
                     std::ptrdiff_t{x} * static_cast<int>(sizeof(T));
#pragma unroll
    for (int c = 0; c < S::columns_of_thread; ++c)
      if (const int column = place.column(c); column < v.out_per_group)
        *reinterpret_cast<T*>(out + column * v.dst.channel) = narrow<T>(sums.sum[i][c]);
  }
}

template <class T, class S>
__global__ void __launch_bounds__(S::threads) conv_gemm_kernel(const __grid_constant__ gemm_work g) {
  FLUXEL_SHARED(float, pixels, [2][S::steps * S::rows]);
  FLUXEL_SHARED(float, weights, [2][S::steps * S::columns]);
  const conv_view& v = g.v;
  gemm_sums<S> sums;
  start_sums<T>(sums, v, gemm_place<S>(g));
  const gemm_place<S> place(g);
  const int thread = place.thread;
  const unsigned taps = taps_of_thread(g, place);
  gemm_loader<T, S> loader(g, place.t, thread);
  loader.load(v, true);
  loader.store(pixels[0], weights[0], thread);
  __syncthreads();
  const int steps = v.in_per_group / S::inputs;
#pragma unroll 1
  for (int step = 0; step < steps; ++step) {
    const int buffer = step & 1;
    const float *x = pixels[buffer] + place.down * 4, *w = weights[buffer] + place.across * 4;
    sums.add(x, w, taps, [&] { loader.load(v, step + 1 < steps); });
    loader.store(pixels[buffer ^ 1], weights[buffer ^ 1], thread);
    __syncthreads();
  }
  store_sums<T>(sums, g, gemm_place<S>(g));
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
  if (v.out_per_group > many) return start_gemm<T, gemm_shape<256, 128, 2, Kind>>(v, options);
  return start_gemm<T, gemm_shape<256, 32, 1, Kind>>(v, options);
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
  return v.x.stride == gemm_stride && v.in_per_group % gemm_most_inputs == 0 && v.out_per_group >= enough_outputs &&
         v.in_per_group >= 4;
}

status conv_gemm(const conv_view& v, element_type type, const launch_options& options) {
  return visit_pixel_type(every_float_type, type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return start_rows<T>(v, options); });
}

}  // namespace fluxel::kernels::gpu
