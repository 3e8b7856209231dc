// SPDX-License-Identifier: Apache-2.0
// Filtered reduction of a tile: each of its rows is summed vertically over the tile's source columns, 16 bytes per
// thread and step, then all rows horizontally, one pixel with all its channels per thread. One barrier lies between.

#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/resize/filtered_tiles.cuh"
#include "kernels/cuda/runtime/words.cuh"

namespace fluxel::kernels::gpu {

/// 16 bytes of a row; at its end what it has left of them, then zeros.
template <bool Whole>
__device__ __forceinline__ uint4 load_chunk(const std::byte* p, int bytes_left) {
  if constexpr (Whole) return __ldg(reinterpret_cast<const uint4*>(p));
  std::uint32_t words[4] = {};
#pragma unroll
  for (int i = 0; i < 16; ++i)
    if (i < bytes_left) words[i / 4] |= std::uint32_t{__ldg(reinterpret_cast<const u8*>(p) + i)} << (8 * (i % 4));
  return {words[0], words[1], words[2], words[3]};
}

/// The first pass over one chunk of columns.
template <class T, class Sum>
struct chunk_sums {
  static constexpr int count = chunk_elements<T>;
  Sum sum[count];

  __device__ __forceinline__ explicit chunk_sums(int drop) {
#pragma unroll
    for (int i = 0; i < count; ++i) sum[i] = start_of_sum<Sum>(drop);
  }
  __device__ __forceinline__ void add(const uint4& chunk, std::int32_t weight_bits, int shift) {
    const std::uint32_t words[4] = {chunk.x, chunk.y, chunk.z, chunk.w};
    const between_of<T> weight = weight_from_bits<T>(weight_bits);
    if constexpr (is_integer<T>) {
      const std::uint32_t mask = (0xffffu >> shift) * 0x00010001u;
#pragma unroll
      for (int q = 0; q < 4; ++q) {
        const std::uint32_t two = words[q] >> shift & mask;
        sum[2 * q] += static_cast<Sum>(weight) * static_cast<std::int32_t>(two & 0xffffu);
        sum[2 * q + 1] += static_cast<Sum>(weight) * static_cast<std::int32_t>(two >> 16);
      }
    } else if (weight != 0) {
#pragma unroll
      for (int i = 0; i < count; ++i) {
        if constexpr (sizeof(T) == 4)
          sum[i] = fused(weight, float_from_bits(words[i]), sum[i]);
        else
          sum[i] = fused(weight, widen(T{static_cast<std::uint16_t>(words[i / 2] >> (i % 2 * 16))}), sum[i]);
      }
    }
  }
  /// u8: two rows at once.
  __device__ __forceinline__ void add_rows(const uint4& upper, const uint4& lower, std::int32_t weights) {
    const std::uint32_t u[4] = {upper.x, upper.y, upper.z, upper.w}, v[4] = {lower.x, lower.y, lower.z, lower.w};
#pragma unroll
    for (int q = 0; q < 4; ++q) {
      const std::uint32_t low = __byte_perm(u[q], v[q], 0x5140), high = __byte_perm(u[q], v[q], 0x7362);
      const auto w = static_cast<std::uint32_t>(weights);
      sum[4 * q] = add_products_low(w, low, sum[4 * q]);
      sum[4 * q + 1] = add_products_high(w, low, sum[4 * q + 1]);
      sum[4 * q + 2] = add_products_low(w, high, sum[4 * q + 2]);
      sum[4 * q + 3] = add_products_high(w, high, sum[4 * q + 3]);
    }
  }
  __device__ __forceinline__ void keep(kept_of<T>* to, int drop) const {
    std::uint32_t words[count * sizeof(kept_of<T>) / 4];
#pragma unroll
    for (int i = 0; i < count; ++i) {
      if constexpr (sizeof(T) == 1) {
        const auto half = static_cast<std::uint32_t>(sum[i] >> drop);
        words[i / 2] = i % 2 == 0 ? half : __byte_perm(words[i / 2], half, 0x5410);
      } else if constexpr (is_integer<T>) {
        words[i] = static_cast<std::uint32_t>(sum[i] >> drop);
      } else {
        words[i] = bits_of_float(sum[i]);
      }
    }
#pragma unroll
    for (std::size_t i = 0; i < sizeof words / 16; ++i)
      reinterpret_cast<uint4*>(to)[i] = uint4{words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]};
  }
};

/// Copies the tile's part of the tables: weights of columns on the way while the first pass runs.
template <class T>
__device__ __forceinline__ void stage_tables(unsigned char* shared, const reduce_layout& at, const tiled_filter& f,
                                             const tile& t, int x0, int pixels, int y0, int rows, int thread) {
  constexpr int threads = tile_threads<T>;
  auto* first = reinterpret_cast<std::int32_t*>(shared);
  auto* weights_y = reinterpret_cast<std::int32_t*>(shared + at.weights_y);
  auto* top = reinterpret_cast<std::int32_t*>(shared + at.top);
  for (int i = thread; i < rows * f.words_y; i += threads) weights_y[i] = __ldg(f.weights_y + y0 * f.words_y + i);
  if (thread < rows) top[thread] = __ldg(f.first_y + y0 + thread);
  if (thread < pixels) first[thread] = __ldg(f.first_x + x0 + thread);
  const int words = f.taps_x << f.pixels_log2;
  auto* to = reinterpret_cast<uint4*>(shared + at.weights_x);
  const auto* from = reinterpret_cast<const uint4*>(f.weights_x + std::ptrdiff_t{t.column} * words);
  const bool ahead = words <= 64 * threads;  // few enough copies in flight for each thread
#pragma unroll 1
  for (int i = thread; i < words / 4; i += threads) {
    if (ahead)
      __pipeline_memcpy_async(to + i, from + i, 16);
    else
      to[i] = __ldg(from + i);
  }
  __pipeline_commit();
}

/// All taps of one row over one chunk. Loads of whole chunks are in flight together.
template <bool Whole, class T, class Sum>
__device__ __forceinline__ void add_taps(chunk_sums<T, Sum>& sums, const std::byte* p, std::ptrdiff_t pitch, int left,
                                         const std::int32_t* w, const tiled_filter& f) {
  if constexpr (sizeof(T) == 1) {
#pragma unroll(Whole ? 3 : 1)
    for (int k = 0; k < f.taps_y; k += 2) {
      const uint4 upper = load_chunk<Whole>(p, left);
      if (k + 1 < f.taps_y) p += pitch;  // else the second weight is 0
      const uint4 lower = load_chunk<Whole>(p, left);
      p += pitch;
      sums.add_rows(upper, lower, w[k / 2]);
    }
  } else {
#pragma unroll(Whole ? 6 : 1)
    for (int k = 0; k < f.taps_y; ++k, p += pitch) sums.add(load_chunk<Whole>(p, left), w[k], f.shift);
  }
}

template <class T, class Sum>
__device__ __forceinline__ void reduce_columns(kept_of<T>* kept, const tile& t, const tiled_filter& f,
                                               const std::int32_t* top, const std::int32_t* weights, int rows,
                                               int begin, int row_bytes, int thread) {
  const std::ptrdiff_t pitch = t.pair.src.pitch;
  const auto chunks = f.shape.chunks.value;
  for (auto item = static_cast<std::uint32_t>(thread); item < static_cast<std::uint32_t>(rows) * chunks;
       item += tile_threads<T>) {
    std::uint32_t chunk;
    const auto row = static_cast<int>(f.shape.chunks.split(item, chunk));
    const int at = begin + static_cast<int>(chunk) * 16, left = row_bytes - at;
    if (left <= 0) continue;
    const std::byte* p = t.src + top[row] * pitch + at;
    const std::int32_t* w = weights + row * f.words_y;
    chunk_sums<T, Sum> sums(f.drop);
    if (left >= 16)
      add_taps<true>(sums, p, pitch, left, w, f);
    else
      add_taps<false>(sums, p, pitch, left, w, f);
    sums.keep(kept + item * chunk_elements<T>, f.drop);
  }
}

/// The tile's rows to memory, 16 bytes per store where the rows allow.
template <class T>
__device__ __forceinline__ void store_tile(const T* out, const tile& t, int x0, int y0, int tile_elements, int rows,
                                           int channels, int thread) {
  const auto alignment = reinterpret_cast<std::uintptr_t>(t.dst) | static_cast<std::uintptr_t>(t.pair.dst.pitch);
  const int first = x0 * channels, count = min(tile_elements, t.pair.row_elements - first);
  constexpr int per_quad = chunk_elements<T>;
  if (alignment % 16 == 0 && count % per_quad == 0) {
    const int quads = tile_elements / per_quad;
    for (int i = thread; i < rows * quads; i += tile_threads<T>) {
      const int row = i / quads, e = (i - row * quads) * per_quad;
      if (e < count)
        __stcs(reinterpret_cast<uint4*>(reinterpret_cast<T*>(t.dst + (y0 + row) * t.pair.dst.pitch) + first + e),
               *reinterpret_cast<const uint4*>(out + row * tile_elements + e));
    }
    return;
  }
  for (int i = thread; i < rows * tile_elements; i += tile_threads<T>) {
    const int row = i / tile_elements, e = i - row * tile_elements;
    if (e < count) reinterpret_cast<T*>(t.dst + (y0 + row) * t.pair.dst.pitch)[first + e] = out[i];
  }
}

template <class T, class Sum, int C>
__global__ void __launch_bounds__(tile_threads<T>, is_integer<T> ? 8 : 4)
    reduce_filtered_kernel(const __grid_constant__ batch<1> b, const __grid_constant__ tiled_filter f) {
  FLUXEL_DYNAMIC_SHARED(unsigned char, shared);
  constexpr int bytes = sizeof(T);
  const reduce_layout at(f, C, bytes, sizeof(kept_of<T>));
  const tile t = find_tile(b);
  const pair_view& pair = t.pair;
  const int thread = static_cast<int>(threadIdx.y * block_lanes + threadIdx.x);
  const int x0 = t.column << f.pixels_log2, y0 = t.row * f.rows;
  const int pixels = min(f.pixels(), pair.x.dst_size - x0), rows = min(f.rows, pair.y.dst_size - y0);
  stage_tables<T>(shared, at, f, t, x0, pixels, y0, rows, thread);
  const int begin = (__ldg(f.begin_x + t.column) * C * bytes) & ~15;
  __syncthreads();
  auto* const kept = reinterpret_cast<kept_of<T>*>(shared + at.kept);
  reduce_columns<T, Sum>(kept, t, f, reinterpret_cast<const std::int32_t*>(shared + at.top),
                         reinterpret_cast<const std::int32_t*>(shared + at.weights_y), rows, begin,
                         pair.x.src_size * C * bytes, thread);
  wait_for_staged();
  using last_sum = last_sum_of<T>;
  const auto* first = reinterpret_cast<const std::int32_t*>(shared);
  const auto* weights = reinterpret_cast<const std::int32_t*>(shared + at.weights_x);
  T* const out = reinterpret_cast<T*>(shared + at.out);
  const int kept_row = f.shape.pitch() / bytes;
#pragma unroll 1
  for (int item = thread; item < rows << f.pixels_log2; item += tile_threads<T>) {
    const int row = item >> f.pixels_log2, pixel = item & (f.pixels() - 1);
    if (pixel >= pixels) continue;
    const kept_of<T>* in = kept + row * kept_row + (first[pixel] * C - begin / bytes);
    const std::int32_t* w = weights + pixel;
    last_sum sum[C];
#pragma unroll
    for (int c = 0; c < C; ++c) sum[c] = start_of_sum<last_sum>(f.last_bits);
#pragma unroll 4
    for (int k = 0; k < f.taps_x; ++k, in += C, w += f.pixels()) {
      const between_of<T> weight = weight_from_bits<T>(*w);
#pragma unroll
      for (int c = 0; c < C; ++c) add_product(sum[c], weight, static_cast<between_of<T>>(in[c]));
    }
#pragma unroll
    for (int c = 0; c < C; ++c) out[item * C + c] = finish_tile_sum<T>(sum[c], f);
  }
  __syncthreads();
  store_tile(out, t, x0, y0, f.pixels() * C, rows, C, thread);
}

namespace {

template <class T, class Sum, int C>
status reduce_as(const image_pair& pair, const filter_tile_tables& tables, const launch_options& options) {
  const auto& [f, shared] = tables.filter_for(pair);
  const tiling cut{.elements = f.pixels() * C, .rows_per_tile = f.rows, .element_bytes = sizeof(T), .word_bytes = 0};
  auto set_axes = [](pair_view& v, const image_pair& p) {
    v.x = make_axis(nullptr, p.src.width, p.dst.width);
    v.y = make_axis(nullptr, p.src.height, p.dst.height);
  };
  return launch_chunk<1>(
      std::span(&pair, 1), cut, set_axes, [&, &f = f, shared = shared](const batch<1>& b, unsigned blocks) {
        return launch<reduce_filtered_kernel<T, Sum, C>>(blocks, dim3(block_lanes, tile_threads<T> / block_lanes),
                                                         shared, options.stream, b, f);
      });
}

template <class T, class Sum>
status reduce_channels(const image_pair& pair, int channels, const filter_tile_tables& tables,
                       const launch_options& options) {
  switch (channels) {
    case 1:
      return reduce_as<T, Sum, 1>(pair, tables, options);
    case 2:
      return reduce_as<T, Sum, 2>(pair, tables, options);
    case 3:
      return reduce_as<T, Sum, 3>(pair, tables, options);
    default:
      return reduce_as<T, Sum, 4>(pair, tables, options);
  }
}

}  // namespace

bool fits_reduce_filtered(const image_pair& pair) {
  return same_offset(pair.src, 16) && offset_in_word(pair.src.data, 16) == 0;
}

status reduce_filtered(const image_pair& pair, element_type type, int channels, const filter_tile_tables& tables,
                       const launch_options& options) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported, [&]<class T>(std::type_identity<T>) {
    if constexpr (!std::is_integral_v<T>)
      return reduce_channels<T, float>(pair, channels, tables, options);
    else if constexpr (sizeof(T) == 1)
      return reduce_channels<T, std::int32_t>(pair, channels, tables, options);
    else
      return tables.narrow_first_pass() ? reduce_channels<T, std::int32_t>(pair, channels, tables, options)
                                        : reduce_channels<T, std::int64_t>(pair, channels, tables, options);
  });
}

}  // namespace fluxel::kernels::gpu
