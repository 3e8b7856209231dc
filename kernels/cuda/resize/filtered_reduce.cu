// SPDX-License-Identifier: Apache-2.0
// Filtered reduction of a tile: each of its rows is summed vertically over the tile's source columns, 16 bytes per
// thread and step, then all rows horizontally, a pixel of several rows per thread. One barrier lies between.
// The kernel for one pair takes rows that start at multiples of 16 bytes, the one for several takes any.

#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/resize/filtered_tiles.cuh"
#include "kernels/cuda/runtime/words.cuh"

namespace fluxel::kernels::gpu {

/// How 16 bytes of a row are read.
enum class chunk_load {
  aligned,  ///< at a multiple of 16
  shifted,  ///< out of the 24 bytes around them, which start at a multiple of 8
  part      ///< byte by byte: at its end what the row has left of them, then zeros
};

/// 16 bytes at p, of which the 24 bytes from the last multiple of 8 on are in the row.
template <int ElementBytes>
__device__ __forceinline__ uint4 load_shifted(const std::byte* p) {
  const auto offset = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(p) & 7);
  const auto* pairs = reinterpret_cast<const uint2*>(p - offset);
  const uint2 a = __ldg(pairs), b = __ldg(pairs + 1), c = __ldg(pairs + 2);
  const bool later = offset >= 4;
  const std::uint32_t w[5] = {later ? a.y : a.x, later ? b.x : a.y, later ? b.y : b.x, later ? c.x : b.y,
                              later ? c.y : c.x};
  if constexpr (ElementBytes == 4) return {w[0], w[1], w[2], w[3]};
  const std::uint32_t shift = 8 * offset;  // the low five bits count
  return {__funnelshift_r(w[0], w[1], shift), __funnelshift_r(w[1], w[2], shift), __funnelshift_r(w[2], w[3], shift),
          __funnelshift_r(w[3], w[4], shift)};
}

template <chunk_load Load, int ElementBytes>
__device__ __forceinline__ uint4 load_chunk(const std::byte* p, int bytes_left) {
  if constexpr (Load == chunk_load::aligned) return __ldg(reinterpret_cast<const uint4*>(p));
  if constexpr (Load == chunk_load::shifted) return load_shifted<ElementBytes>(p);
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
template <chunk_load Load, class T, class Sum>
__device__ __forceinline__ void add_taps(chunk_sums<T, Sum>& sums, const std::byte* p, std::ptrdiff_t pitch, int left,
                                         const std::int32_t* w, const tiled_filter& f) {
  constexpr int bytes = sizeof(T);
  if constexpr (sizeof(T) == 1) {
#pragma unroll(Load == chunk_load::part ? 1 : 3)
    for (int k = 0; k < f.taps_y; k += 2) {
      const uint4 upper = load_chunk<Load, bytes>(p, left);
      if (k + 1 < f.taps_y) p += pitch;  // else the second weight is 0
      const uint4 lower = load_chunk<Load, bytes>(p, left);
      p += pitch;
      sums.add_rows(upper, lower, w[k / 2]);
    }
  } else {
#pragma unroll(Load == chunk_load::part ? 1 : Load == chunk_load::shifted ? 3 : 6)  // as many as registers hold
    for (int k = 0; k < f.taps_y; ++k, p += pitch) sums.add(load_chunk<Load, bytes>(p, left), w[k], f.shift);
  }
}

/// The first pass over a tile: its rows, of the source columns from byte `begin` of `row_bytes` on.
template <class T, class Sum>
struct column_pass {
  const tile& at;
  const tiled_filter& f;
  const std::int32_t* top;      ///< of each row, its first source row
  const std::int32_t* weights;  ///< of each row
  kept_of<T>* kept;
  int rows, begin, row_bytes;

  template <chunk_load Load>
  __device__ __forceinline__ void sum_chunk(int row, int chunk) const {
    const std::ptrdiff_t pitch = at.pair.src.pitch;
    const int first = begin + chunk * 16;
    chunk_sums<T, Sum> sums(f.drop);
    add_taps<Load>(sums, at.src + top[row] * pitch + first, pitch, row_bytes - first, weights + row * f.words_y, f);
    sums.keep(kept + (row * static_cast<int>(f.shape.chunks.value) + chunk) * chunk_elements<T>, f.drop);
  }
  /// Whether more than the chunk is in the row: `around` bytes on each side.
  __device__ __forceinline__ bool is_inside(int chunk, int around) const {
    const int first = begin + chunk * 16;
    return first >= around && row_bytes - first >= 16 + around;
  }
  template <chunk_load Load>
  __device__ __forceinline__ void sum_inside(int thread) const {
    constexpr int around = Load == chunk_load::shifted ? 8 : 0;
    const auto chunks = f.shape.chunks.value;
    for (auto item = static_cast<std::uint32_t>(thread); item < static_cast<std::uint32_t>(rows) * chunks;
         item += tile_threads<T>) {
      std::uint32_t chunk;
      const auto row = static_cast<int>(f.shape.chunks.split(item, chunk));
      if (is_inside(static_cast<int>(chunk), around)) sum_chunk<Load>(row, static_cast<int>(chunk));
    }
    sum_edges(thread, around);
  }
  /// What is left: of each row at most its first chunk and its last two. Together, so that few warps wait for bytes.
  __device__ __forceinline__ void sum_edges(int thread, int around) const {
    const int last = min((row_bytes - begin + 15) / 16, static_cast<int>(f.shape.chunks.value)) - 1;
#pragma unroll 1
    for (int item = thread; item < 3 * rows; item += tile_threads<T>) {
      const int edge = item / rows, row = item - edge * rows, chunk = edge == 0 ? 0 : last - 2 + edge;
      if (chunk < min(edge, 1) || is_inside(chunk, around)) continue;
      sum_chunk<chunk_load::part>(row, chunk);
    }
  }
};

/// The second pass over a column of the tile. A thread sums some of its rows together: they share the weights.
template <class T, int C>
struct row_pass {
  static constexpr int together = is_integer<T> ? 4 : 2;
  const tiled_filter& f;
  const kept_of<T>* in;         ///< the first tap, in the tile's first row
  const std::int32_t* weights;  ///< of the column
  T* out;                       ///< in the tile's first row
  int kept_row;                 ///< elements from row to row
  int rows;

  /// Rows `row`, row + step, ...
  __device__ __forceinline__ void sum_all(int row, int step) const {
    if (f.rows >= together * step) {
#pragma unroll 1
      for (; row < rows; row += together * step) sum<together>(row, step);
    } else {
#pragma unroll 1
      for (; row < rows; row += step) sum<1>(row, step);
    }
  }
  template <int Count>
  __device__ __forceinline__ void sum(int row, int step) const {
    using last_sum = last_sum_of<T>;
    last_sum sum[Count][C];
    const kept_of<T>* from[Count];
#pragma unroll
    for (int r = 0; r < Count; ++r) {
      from[r] = in + min(row + r * step, rows - 1) * kept_row;  // the last one anew where there is no more
#pragma unroll
      for (int c = 0; c < C; ++c) sum[r][c] = start_of_sum<last_sum>(f.last_bits);
    }
    const std::int32_t* w = weights;
#pragma unroll 4
    for (int k = 0; k < f.taps_x; ++k, w += f.pixels()) {
      const between_of<T> weight = weight_from_bits<T>(*w);
#pragma unroll
      for (int r = 0; r < Count; ++r) {
#pragma unroll
        for (int c = 0; c < C; ++c) add_product(sum[r][c], weight, static_cast<between_of<T>>(from[r][c]));
        from[r] += C;
      }
    }
#pragma unroll
    for (int r = 0; r < Count; ++r) {
      if (row + r * step >= rows) break;
#pragma unroll
      for (int c = 0; c < C; ++c) out[((row + r * step) << f.pixels_log2) * C + c] = finish_tile_sum<T>(sum[r][c], f);
    }
  }
};

/// A row of the tile to a row whose elements lie at any address: words, and single elements at its ends.
template <class T>
__device__ __forceinline__ void store_row_words(std::byte* to, const T* out, int count, int lane, int lanes) {
  constexpr int bytes = sizeof(T);
  const auto* words = reinterpret_cast<const std::uint32_t*>(out);
  const int head = static_cast<int>(-reinterpret_cast<std::uintptr_t>(to) & 3) / bytes;  // in elements
  const int whole = max(count - head, 0) / (4 / bytes), tail = head + whole * (4 / bytes);
#pragma unroll 1
  for (int w = lane; w < whole; w += lanes)
    __stcs(reinterpret_cast<std::uint32_t*>(to + head * bytes) + w,
           __funnelshift_r(words[w], words[w + 1], static_cast<unsigned>(8 * head * bytes)));
  if (lane < min(head, count)) reinterpret_cast<T*>(to)[lane] = out[lane];
  if (tail + lane < count) reinterpret_cast<T*>(to)[tail + lane] = out[tail + lane];
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
#pragma unroll 1
  for (int row = thread / block_lanes; row < rows; row += tile_threads<T> / block_lanes)
    store_row_words(t.dst + (y0 + row) * t.pair.dst.pitch + std::ptrdiff_t{first} * static_cast<int>(sizeof(T)),
                    out + row * tile_elements, count, thread % block_lanes, block_lanes);
}

template <class T, class Sum, int C, int Pairs>
__global__ void __launch_bounds__(tile_threads<T>, is_integer<T> ? 8 : 4)
    reduce_filtered_kernel(const __grid_constant__ filter_batch<tiled_filter, Pairs> b) {
  FLUXEL_DYNAMIC_SHARED(unsigned char, shared);
  constexpr int bytes = sizeof(T);
  const tile t = find_tile(b);
  const pair_view& pair = t.pair;
  const tiled_filter& f = b.filters[t.pair_index];
  const reduce_layout at(f, C, bytes, sizeof(kept_of<T>));
  const int thread = static_cast<int>(threadIdx.y * block_lanes + threadIdx.x);
  const int x0 = t.column << f.pixels_log2, y0 = t.row * f.rows;
  const int pixels = min(f.pixels(), pair.x.dst_size - x0), rows = min(f.rows, pair.y.dst_size - y0);
  stage_tables<T>(shared, at, f, t, x0, pixels, y0, rows, thread);
  const int begin = (__ldg(f.begin_x + t.column) * C * bytes) & ~15;
  __syncthreads();
  auto* const kept = reinterpret_cast<kept_of<T>*>(shared + at.kept);
  const column_pass<T, Sum> columns{t,
                                    f,
                                    reinterpret_cast<const std::int32_t*>(shared + at.top),
                                    reinterpret_cast<const std::int32_t*>(shared + at.weights_y),
                                    kept,
                                    rows,
                                    begin,
                                    pair.x.src_size * C * bytes};
  const auto alignment = reinterpret_cast<std::uintptr_t>(t.src) | static_cast<std::uintptr_t>(pair.src.pitch);
  if (Pairs == 1 || alignment % 16 == 0)
    columns.template sum_inside<chunk_load::aligned>(thread);
  else
    columns.template sum_inside<chunk_load::shifted>(thread);
  wait_for_staged();
  T* const out = reinterpret_cast<T*>(shared + at.out);
  const int pixel = thread & (f.pixels() - 1);
  if (pixel < pixels) {
    const int first = reinterpret_cast<const std::int32_t*>(shared)[pixel] * C - begin / bytes;
    const row_pass<T, C> pass{f,
                              kept + first,
                              reinterpret_cast<const std::int32_t*>(shared + at.weights_x) + pixel,
                              out + pixel * C,
                              f.shape.pitch() / bytes,
                              rows};
    pass.sum_all(thread >> f.pixels_log2, tile_threads<T> >> f.pixels_log2);
  }
  __syncthreads();
  store_tile(out, t, x0, y0, f.pixels() * C, rows, C, thread);
}

namespace {

bool rows_are_aligned(const image& im) { return same_offset(im, 16) && offset_in_word(im.data, 16) == 0; }

template <class T, class Sum, int C>
status reduce_as(std::span<const filtered_pair<tiled_filter>> pairs, const launch_options& options) {
  const bool alone = pairs.size() == 1 && rows_are_aligned(pairs[0].images.src);  // else the kernel that shifts
  return launch_filters(
      pairs, alone, C, sizeof(T),
      [&]<int Pairs>(const filter_batch<tiled_filter, Pairs>& b, unsigned blocks, std::size_t shared) {
        return launch<reduce_filtered_kernel<T, Sum, C, Pairs>>(
            blocks, dim3(block_lanes, tile_threads<T> / block_lanes), shared, options.stream, b);
      });
}

template <class T, class Sum>
status reduce_channels(std::span<const filtered_pair<tiled_filter>> pairs, int channels,
                       const launch_options& options) {
  switch (channels) {
    case 1:
      return reduce_as<T, Sum, 1>(pairs, options);
    case 2:
      return reduce_as<T, Sum, 2>(pairs, options);
    case 3:
      return reduce_as<T, Sum, 3>(pairs, options);
    default:
      return reduce_as<T, Sum, 4>(pairs, options);
  }
}

}  // namespace

status reduce_filtered(std::span<const filtered_pair<tiled_filter>> pairs, element_type type, int channels,
                       bool narrow, const launch_options& options) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported, [&]<class T>(std::type_identity<T>) {
    if constexpr (!std::is_integral_v<T>)
      return reduce_channels<T, float>(pairs, channels, options);
    else if constexpr (sizeof(T) == 1)
      return reduce_channels<T, std::int32_t>(pairs, channels, options);
    else
      return narrow ? reduce_channels<T, std::int32_t>(pairs, channels, options)
                    : reduce_channels<T, std::int64_t>(pairs, channels, options);
  });
}

}  // namespace fluxel::kernels::gpu
