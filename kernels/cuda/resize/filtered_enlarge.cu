// SPDX-License-Identifier: Apache-2.0
// Filtered enlargement of a tile: the source rows that it needs are filtered horizontally, four neighbouring taps of
// u8 at once, then a warp sums two output rows at once over the rows that either reads.

#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/resize/filtered_tiles.cuh"
#include "kernels/cuda/resize/four_taps.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int enlarge_threads = 128;

/// One column of the tile through all its source rows. `first`: the element of its first tap in a staged row.
template <class T, int C>
__device__ __forceinline__ void enlarge_column(between_of<T>* kept, const unsigned char* staged,
                                               const std::int32_t* weights, int first, int pixel,
                                               const tiled_filter& f, int rows) {
  constexpr int pixels = enlarge_layout::pixels;
  const int pitch = f.shape.pitch();
  if constexpr (sizeof(T) == 1) {
    const auto* quads = reinterpret_cast<const uint2*>(weights) + pixel;
    const auto shift = static_cast<unsigned>(first & 3) * 8;
    for (int r = 0; r < rows; ++r) {
      const auto* in = reinterpret_cast<const std::uint32_t*>(staged + r * pitch + (first & ~3));
      std::int32_t sum[C];
#pragma unroll
      for (int c = 0; c < C; ++c) sum[c] = start_of_sum<std::int32_t>(f.drop);
#pragma unroll 1
      for (int k = 0; k < f.taps_x; k += 4, in += C) {
        std::uint32_t v[C], word = in[0];
#pragma unroll
        for (int c = 0; c < C; ++c) {
          const std::uint32_t next = in[c + 1];
          v[c] = __funnelshift_r(word, next, shift);
          word = next;
        }
        add_four_taps<C>(sum, v, quads[k / 4 * pixels]);
      }
#pragma unroll
      for (int c = 0; c < C; ++c) kept[(r * pixels + pixel) * C + c] = sum[c] >> f.drop;
    }
  } else {
    using first_sum = std::conditional_t<is_integer<T>, std::int64_t, float>;
    for (int r = 0; r < rows; ++r) {
      const T* in = reinterpret_cast<const T*>(staged + r * pitch) + first;
      first_sum sum[C];
#pragma unroll
      for (int c = 0; c < C; ++c) sum[c] = start_of_sum<first_sum>(f.drop);
#pragma unroll 4
      for (int k = 0; k < f.taps_x; ++k, in += C) {
        const between_of<T> weight = weight_from_bits<T>(weights[k * pixels + pixel]);
#pragma unroll
        for (int c = 0; c < C; ++c) add_product(sum[c], weight, value_of(in[c], f.shift));
      }
#pragma unroll
      for (int c = 0; c < C; ++c) {
        if constexpr (is_integer<T>)
          kept[(r * pixels + pixel) * C + c] = static_cast<std::int32_t>(sum[c] >> f.drop);
        else
          kept[(r * pixels + pixel) * C + c] = sum[c];
      }
    }
  }
}

/// Weights of the tile's columns: for u8 four taps of a pixel lie together, the last filled up with zeros.
template <class T>
__device__ __forceinline__ void stage_column_weights(std::int32_t* weights, const tiled_filter& f, int x0,
                                                     int dst_width, int thread) {
  constexpr int pixels = enlarge_layout::pixels;
  const int taps = sizeof(T) == 1 ? (f.taps_x + 3) & ~3 : f.taps_x;
  for (int i = thread; i < pixels * taps; i += enlarge_threads) {
    const int tap = i / pixels, pixel = i % pixels;
    const std::int32_t weight =
        tap < f.taps_x ? __ldg(f.weights_x + std::ptrdiff_t{tap} * dst_width + min(x0 + pixel, dst_width - 1)) : 0;
    if constexpr (sizeof(T) == 1)
      reinterpret_cast<std::int16_t*>(weights)[(tap / 4 * pixels + pixel) * 4 + tap % 4] =
          static_cast<std::int16_t>(weight);
    else
      weights[i] = weight;
  }
}

/// Four elements of a row that lie together.
template <class T>
__device__ __forceinline__ void store_four(T* row, int e, int row_elements, bool aligned, const T (&value)[4]) {
  if (aligned && e + 4 <= row_elements) {
    if constexpr (sizeof(T) == 1) {
      __stcs(reinterpret_cast<std::uint32_t*>(row + e),
             bits_of(value[0]) | bits_of(value[1]) << 8 | bits_of(value[2]) << 16 | bits_of(value[3]) << 24);
    } else if constexpr (sizeof(T) == 2) {
      __stcs(reinterpret_cast<uint2*>(row + e),
             uint2{bits_of(value[0]) | bits_of(value[1]) << 16, bits_of(value[2]) | bits_of(value[3]) << 16});
    } else {
      __stcs(reinterpret_cast<uint4*>(row + e),
             uint4{bits_of(value[0]), bits_of(value[1]), bits_of(value[2]), bits_of(value[3])});
    }
    return;
  }
#pragma unroll
  for (int i = 0; i < 4; ++i)
    if (e + i < row_elements) row[e + i] = value[i];
}

/// The lane's elements of two output rows, over the source rows that either reads.
template <class T, int C>
struct row_sums {
  using sum_type = last_sum_of<T>;
  sum_type sum[2][4 * C];

  __device__ __forceinline__ row_sums(const between_of<T>* in, const int2* blends, int count, int bits) {
#pragma unroll
    for (int i = 0; i < 4 * C; ++i) sum[0][i] = sum[1][i] = start_of_sum<sum_type>(bits);
#pragma unroll 1
    for (int k = 0; k < count; ++k, in += enlarge_layout::pixels * C) {
      const int2 blend = blends[k];
      between_of<T> value[4 * C];
#pragma unroll
      for (int j = 0; j < C; ++j) {
        const int4 four = *reinterpret_cast<const int4*>(in + j * 128);
        value[4 * j] = weight_from_bits<T>(four.x), value[4 * j + 1] = weight_from_bits<T>(four.y);
        value[4 * j + 2] = weight_from_bits<T>(four.z), value[4 * j + 3] = weight_from_bits<T>(four.w);
      }
      add(0, weight_from_bits<T>(blend.x), value);
      add(1, weight_from_bits<T>(blend.y), value);
    }
  }
  __device__ __forceinline__ void add(int row, between_of<T> weight, const between_of<T> (&value)[4 * C]) {
    if (weight == 0) return;
#pragma unroll
    for (int i = 0; i < 4 * C; ++i) {
      if constexpr (is_integer<T>)
        sum[row][i] += static_cast<sum_type>(weight) * value[i];
      else
        sum[row][i] = fused(weight, value[i], sum[row][i]);
    }
  }
};

template <class T, int C>
__device__ __forceinline__ void enlarge_rows(const between_of<T>* kept, const int2* blends, const int2* ranges,
                                             const tile& t, const tiled_filter& f, int x0, int y0, int rows) {
  const int lane = static_cast<int>(threadIdx.x);
  const auto alignment = reinterpret_cast<std::uintptr_t>(t.dst) | static_cast<std::uintptr_t>(t.pair.dst.pitch);
  const bool aligned = alignment % (4 * sizeof(T)) == 0;
#pragma unroll 1
  for (int q = static_cast<int>(threadIdx.y); 2 * q < rows; q += enlarge_threads / block_lanes) {
    const int2 range = ranges[q];
    const row_sums<T, C> sums(kept + range.x * enlarge_layout::pixels * C + lane * 4, blends + q * f.blends, range.y,
                              f.last_bits);
#pragma unroll
    for (int h = 0; h < 2; ++h) {
      if (2 * q + h >= rows) break;
      T* const row = reinterpret_cast<T*>(t.dst + (y0 + 2 * q + h) * t.pair.dst.pitch);
#pragma unroll
      for (int j = 0; j < C; ++j) {
        T value[4];
#pragma unroll
        for (int i = 0; i < 4; ++i) value[i] = finish_tile_sum<T>(sums.sum[h][4 * j + i], f);
        store_four(row, x0 * C + j * 128 + lane * 4, t.pair.row_elements, aligned, value);
      }
    }
  }
}

template <class T, int C, int Pairs>
__global__ void __launch_bounds__(enlarge_threads,
                                  std::is_same_v<T, u16> ? 4 : 6)  // 64-bit sums take twice the registers
    enlarge_filtered_kernel(const __grid_constant__ filter_batch<tiled_filter, Pairs> b) {
  FLUXEL_DYNAMIC_SHARED(unsigned char, shared);
  constexpr int bytes = sizeof(T), pixels = enlarge_layout::pixels;
  const tile t = find_tile(b);
  const pair_view& pair = t.pair;
  const tiled_filter& f = b.filters[t.pair_index];
  const enlarge_layout at(f, C);
  const int thread = static_cast<int>(threadIdx.y * block_lanes + threadIdx.x);
  const int x0 = t.column * pixels, y0 = t.row * f.rows;
  const int begin = (__ldg(f.begin_x + t.column) * C * bytes) & ~15, top = __ldg(f.begin_y + t.row);
  const int source_rows = min(f.shape.rows, pair.y.src_size - top), rows = min(f.rows, pair.y.dst_size - y0);
  unsigned char* const staged = shared + at.staged;
  stage_rows(staged, f.shape,
             {t.src + top * pair.src.pitch, pair.src.pitch, pair.x.src_size * C * bytes, begin, source_rows}, thread,
             enlarge_threads);
  auto* const first = reinterpret_cast<std::int32_t*>(shared);
  auto* const weights = reinterpret_cast<std::int32_t*>(shared + at.weights_x);
  auto* const blends = reinterpret_cast<int2*>(shared + at.blends);
  auto* const ranges = reinterpret_cast<int2*>(shared + at.ranges);
  first[thread] = __ldg(f.first_x + min(x0 + thread, pair.x.dst_size - 1)) * C - begin / bytes;
  stage_column_weights<T>(weights, f, x0, pair.x.dst_size, thread);
  const int pairs = (rows + 1) / 2, pairs_of_plane = (pair.y.dst_size + 1) / 2;
  for (int i = thread; i < pairs * f.blends; i += enlarge_threads)
    blends[i] = __ldg(f.blends_y + std::ptrdiff_t{y0 / 2} * f.blends + i);
  if (thread < pairs) {
    const int2 range = __ldg(f.blends_y + std::ptrdiff_t{pairs_of_plane} * f.blends + y0 / 2 + thread);
    ranges[thread] = int2{range.x - top, range.y};
  }
  wait_for_staged();
  auto* const kept = reinterpret_cast<between_of<T>*>(shared + at.kept);
  enlarge_column<T, C>(kept, staged, weights, first[thread], thread, f, source_rows);
  __syncthreads();
  enlarge_rows<T, C>(kept, blends, ranges, t, f, x0, y0, rows);
}

namespace {

template <class T, int C>
status enlarge_as(std::span<const filtered_pair<tiled_filter>> pairs, const launch_options& options) {
  return launch_filters(
      pairs, pairs.size() == 1, C, sizeof(T),
      [&]<int Pairs>(const filter_batch<tiled_filter, Pairs>& b, unsigned blocks, std::size_t shared) {
        return launch<enlarge_filtered_kernel<T, C, Pairs>>(blocks, dim3(block_lanes, enlarge_threads / block_lanes),
                                                            shared, options.stream, b);
      });
}

template <class T>
status enlarge_channels(std::span<const filtered_pair<tiled_filter>> pairs, int channels,
                        const launch_options& options) {
  switch (channels) {
    case 1:
      return enlarge_as<T, 1>(pairs, options);
    case 2:
      return enlarge_as<T, 2>(pairs, options);
    case 3:
      return enlarge_as<T, 3>(pairs, options);
    default:
      return enlarge_as<T, 4>(pairs, options);
  }
}

}  // namespace

status enlarge_filtered(std::span<const filtered_pair<tiled_filter>> pairs, element_type type, int channels,
                        const launch_options& options) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported, [&]<class T>(std::type_identity<T>) {
    return enlarge_channels<T>(pairs, channels, options);
  });
}

}  // namespace fluxel::kernels::gpu
