// SPDX-License-Identifier: Apache-2.0
// Filtered enlargement of u8 by few taps. A lane has neighbouring columns and goes down the rows of its warp: it
// filters each source row horizontally, once, and keeps the last few in registers, from which it sums every output
// row whose window ends there. Nothing but the source and the finished rows passes through shared memory.

#include "kernels/cuda/resize/enlarge_bytes.cuh"
#include "kernels/cuda/resize/four_taps.cuh"
#include "kernels/cuda/runtime/row_writer.cuh"

namespace fluxel::kernels::gpu {

/// The columns of a lane: where their first taps lie in a staged row, and their weights.
template <int C, int Quads>
struct byte_columns {
  static constexpr int pixels = byte_pixels(C);
  std::int32_t first[pixels];
  uint2 weight[pixels][Quads];

  __device__ __forceinline__ byte_columns(const byte_filter& f, int column, int begin) {
#pragma unroll
    for (int p = 0; p < pixels; ++p) {
      first[p] = __ldg(f.first_x + column + p) * C - begin;
#pragma unroll
      for (int q = 0; q < Quads; ++q) weight[p][q] = __ldg(f.weights_x + (column + p) * Quads + q);
    }
  }
  /// The words that hold the taps, of one source row.
  struct source_words {
    std::uint32_t of[pixels][Quads * C + 1];
  };
  __device__ __forceinline__ source_words load(const unsigned char* row) const {
    source_words w;
#pragma unroll
    for (int p = 0; p < pixels; ++p)
#pragma unroll
      for (int i = 0; i <= Quads * C; ++i)
        w.of[p][i] = reinterpret_cast<const std::uint32_t*>(row + (first[p] & ~3))[i];
    return w;
  }
  __device__ __forceinline__ void filter(std::int32_t (&kept)[pixels * C], const source_words& words,
                                         int drop) const {
#pragma unroll
    for (int p = 0; p < pixels; ++p) {
      const auto shift = static_cast<unsigned>(first[p]) * 8;  // the low five bits count
      std::int32_t sum[C];
#pragma unroll
      for (int c = 0; c < C; ++c) sum[c] = start_of_sum<std::int32_t>(drop);
#pragma unroll
      for (int q = 0; q < Quads; ++q) {
        std::uint32_t v[C];
#pragma unroll
        for (int c = 0; c < C; ++c) v[c] = __funnelshift_r(words.of[p][q * C + c], words.of[p][q * C + c + 1], shift);
        add_four_taps<C>(sum, v, weight[p][q]);
      }
#pragma unroll
      for (int c = 0; c < C; ++c) kept[p * C + c] = sum[c] >> drop;
    }
  }
};

__device__ __forceinline__ byte_row load_byte_row(const byte_filter& f, int y) {
  const int4 a = __ldg(f.rows_y + 2 * y), b = __ldg(f.rows_y + 2 * y + 1);
  return {{a.x, a.y, a.z, a.w, b.x, b.y}, b.z};
}

/// One output row from the source rows in the window, of which the one after `newest` is the oldest.
template <int Taps, int Values>
__device__ __forceinline__ void sum_rows(std::uint32_t (&words)[Values / 4], const std::int32_t (&kept)[Taps][Values],
                                         int newest, const byte_row& row, int bits) {
  std::int32_t sum[Values];
#pragma unroll
  for (int i = 0; i < Values; ++i) {
    sum[i] = start_of_sum<std::int32_t>(bits);
#pragma unroll
    for (int k = 0; k < Taps; ++k) sum[i] += row.weight[k] * kept[(newest + 1 + k) % Taps][i];
    sum[i] >>= bits;
  }
#pragma unroll
  for (int w = 0; w < Values / 4; ++w)
    words[w] = pack_clamped(sum[4 * w], sum[4 * w + 1], sum[4 * w + 2], sum[4 * w + 3]);
}

template <int C, int Taps, int Pairs>
__global__ void __launch_bounds__(byte_warps* block_lanes, 4)
    enlarge_bytes_kernel(const __grid_constant__ filter_batch<byte_filter, Pairs> b) {
  constexpr int pixels = byte_pixels(C), values = pixels * C;
  FLUXEL_DYNAMIC_SHARED(unsigned char, staged);
  FLUXEL_SHARED(row_stage<values / 4>, stages, [byte_warps]);
  const tile t = find_tile(b);
  const pair_view& pair = t.pair;
  const byte_filter& f = b.filters[t.pair_index];
  const int lane = static_cast<int>(threadIdx.x), warp = static_cast<int>(threadIdx.y);
  const int x0 = t.column * byte_tile(C), y0 = t.row * byte_warps * f.rows_of_warp;
  const int begin = (__ldg(f.begin_x + t.column) * C) & ~15;
  const int last_row = min(y0 + byte_warps * f.rows_of_warp, pair.y.dst_size) - 1;
  const int top = max(load_byte_row(f, y0).last - Taps + 1, 0),
            source_rows = load_byte_row(f, last_row).last + 1 - top;
  stage_rows(staged, f.shape, {t.src + top * pair.src.pitch, pair.src.pitch, pair.x.src_size * C, begin, source_rows},
             warp * block_lanes + lane, byte_warps * block_lanes);
  const byte_columns<C, (Taps + 3) / 4> columns(f, x0 + lane * pixels, begin);
  int y = y0 + warp * f.rows_of_warp;
  const int end = min(y + f.rows_of_warp, pair.y.dst_size);
  constexpr bool ahead = Taps == 4;  // six rows leave no registers for what comes next
  byte_row row = load_byte_row(f, min(y, last_row)), next = load_byte_row(f, min(y + 1, last_row));
  wait_for_staged();
  const row_writer<values / 4> writer(stages[warp], x0 * C, t);
  u8* out = reinterpret_cast<u8*>(t.dst + y * pair.dst.pitch);
  std::int32_t kept[Taps][values];
  int source = row.last - Taps + 1;
  auto staged_row = [&](int i) { return staged + (min(max(i, top), top + source_rows - 1) - top) * f.shape.pitch(); };
  auto words = columns.load(staged_row(source));
#pragma unroll 1
  while (y < end) {
#pragma unroll
    for (int slot = 0; slot < Taps; ++slot, ++source) {
      if (!ahead) words = columns.load(staged_row(source));
      columns.filter(kept[slot], words, f.drop);
      if (ahead) words = columns.load(staged_row(source + 1));
#pragma unroll 1
      while (row.last == source) {
        std::uint32_t finished[values / 4];
        sum_rows(finished, kept, slot, row, f.last_bits);
        writer.write(out, finished);
        if (++y == end) return;
        out += pair.dst.pitch;
        row = ahead ? next : load_byte_row(f, y);
        if (ahead) next = load_byte_row(f, min(y + 1, last_row));
      }
    }
  }
}

namespace {

template <int C, int Taps>
status start(std::span<const filtered_pair<byte_filter>> pairs, const launch_options& options) {
  return launch_filters(
      pairs, pairs.size() == 1, C, 1,
      [&]<int Pairs>(const filter_batch<byte_filter, Pairs>& b, unsigned blocks, std::size_t shared) {
        return launch<enlarge_bytes_kernel<C, Taps, Pairs>>(blocks, dim3(block_lanes, byte_warps), shared,
                                                            options.stream, b);
      });
}

template <int C>
status start_taps(std::span<const filtered_pair<byte_filter>> pairs, int taps, const launch_options& options) {
  return taps == 4 ? start<C, 4>(pairs, options) : start<C, 6>(pairs, options);
}

}  // namespace

status enlarge_bytes(std::span<const filtered_pair<byte_filter>> pairs, int channels, int taps,
                     const launch_options& options) {
  switch (channels) {
    case 1:
      return start_taps<1>(pairs, taps, options);
    case 2:
      return start_taps<2>(pairs, taps, options);
    case 3:
      return start_taps<3>(pairs, taps, options);
    default:
      return start_taps<4>(pairs, taps, options);
  }
}

}  // namespace fluxel::kernels::gpu
