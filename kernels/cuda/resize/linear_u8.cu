// SPDX-License-Identifier: Apache-2.0
// Bilinear of u8 pixels with 3 or 4 channels at any ratio. A lane computes four neighbouring pixels and reads both
// taps of a pixel as words; dp2a multiplies a pair of bytes by a pair of 16-bit weights.
//
// The sums are those of lerp<u8>, with its multiplications carried out:
//   horizontal  (a << 7) + (((b - a) w + 128) >> 8)     = (a (2^15 - w) + b w + 128) >> 8
//   vertical    ((a << 15) + (b - a) w + rounding) >> 22 = (a (2^17 - 4 w) + b 4 w + 4 rounding) >> 24, below 2^32.

#include "kernels/common/resize/lerp.hpp"
#include "kernels/cuda/resize/linear_u8.cuh"
#include "kernels/cuda/runtime/row_writer.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int pixels_per_lane = 4;
inline constexpr int tile_pixels = pixels_per_lane * block_lanes;

struct pixel_taps {
  int left;               ///< bytes from the row's start; the right tap is the next pixel
  std::uint32_t weights;  ///< 2^15 - w below, w above
};
struct row_blend {
  int upper;
  std::uint32_t weight;
};

template <int C>
__device__ __forceinline__ pixel_taps pixel_taps_of(const pair_view& pair, int x) {
  const position p = linear_position(pair.x, min(x, pair.x.dst_size - 1));
  const auto w = static_cast<std::uint32_t>(lerp<u8>::from_fraction(p.fraction));
  // The last pixel is the right tap of the one before it, so that both taps exist.
  if (p.index == pair.x.src_size - 1) return {(p.index - 1) * C, 0x80000000u};
  return {p.index * C, w << 16 | (0x8000u - w)};
}

/// The six or eight bytes of both taps, from a word's start: `shift` bits into the first word.
template <int C>
struct pixel_window {
  int at;
  unsigned shift;
  std::uint32_t weights;
};

template <int C>
struct lane_windows {
  pixel_window<C> window[pixels_per_lane];
  bool inside = true;  ///< the words of all windows lie in the row

  __device__ __forceinline__ lane_windows(const pixel_taps* columns, const tile& t) {
    const int row_bytes = t.pair.x.src_size * C;
    const int start = offset_of_word(t.src);
#pragma unroll
    for (int k = 0; k < pixels_per_lane; ++k) {
      const pixel_taps taps = columns[static_cast<int>(threadIdx.x) * pixels_per_lane + k];
      const int in_word = (taps.left + start) & 3;
      window[k] = {taps.left - in_word, static_cast<unsigned>(8 * in_word), taps.weights};
      const int end = window[k].at + (in_word == 3 ? 12 : 8);
      inside = inside && window[k].at >= 0 && end <= row_bytes;
    }
  }
  static __device__ __forceinline__ int offset_of_word(const std::byte* p) {
    return static_cast<int>(reinterpret_cast<std::uintptr_t>(p) & 3);
  }
};

/// Left and right taps of a pixel, byte by byte side by side.
struct tap_pairs {
  std::uint32_t first;   ///< l0 r0 l1 r1
  std::uint32_t second;  ///< l2 r2 (l3 r3)
};

template <int C>
__device__ __forceinline__ tap_pairs load_words(const u8* row, const pixel_window<C>& window) {
  const auto* words = reinterpret_cast<const std::uint32_t*>(row + window.at);
  const std::uint32_t w0 = __ldg(words), w1 = __ldg(words + 1);
  if constexpr (C == 4) return {__byte_perm(w0, w1, 0x5140), __byte_perm(w0, w1, 0x7362)};
  const std::uint32_t w2 = window.shift == 24 ? __ldg(words + 2) : 0;
  const std::uint32_t low = __funnelshift_r(w0, w1, window.shift), high = __funnelshift_r(w1, w2, window.shift);
  return {__byte_perm(low, high, 0x4130), __byte_perm(low, high, 0x0052)};
}

/// At the ends of a row, where words would reach beyond it.
template <int C>
__device__ __forceinline__ tap_pairs load_bytes(const u8* row, const pixel_window<C>& window) {
  const u8* p = row + (window.at + static_cast<int>(window.shift / 8));
  auto pair = [&](int i) { return std::uint32_t{__ldg(p + i)} | std::uint32_t{__ldg(p + C + i)} << 8; };
  return {pair(0) | pair(1) << 16, C == 4 ? pair(2) | pair(3) << 16 : pair(2)};
}

template <int C>
struct filtered_pixels {
  int index = -1;
  std::uint32_t value[pixels_per_lane * C] = {};  ///< 7 fraction bits

  __device__ __forceinline__ void filter(const tile& t, int y, const lane_windows<C>& windows) {
    const u8* row = reinterpret_cast<const u8*>(t.src + y * t.pair.src.pitch);
    tap_pairs pairs[pixels_per_lane];
    if (C == 4 || windows.inside) {
#pragma unroll
      for (int k = 0; k < pixels_per_lane; ++k) pairs[k] = load_words<C>(row, windows.window[k]);
    } else {
#pragma unroll
      for (int k = 0; k < pixels_per_lane; ++k) pairs[k] = load_bytes<C>(row, windows.window[k]);
    }
#pragma unroll
    for (int k = 0; k < pixels_per_lane; ++k) {
      const std::uint32_t weights = windows.window[k].weights;
      value[k * C] = __dp2a_lo(weights, pairs[k].first, 128u) >> 8;
      value[k * C + 1] = __dp2a_hi(weights, pairs[k].first, 128u) >> 8;
      value[k * C + 2] = __dp2a_lo(weights, pairs[k].second, 128u) >> 8;
      if constexpr (C == 4) value[k * C + 3] = __dp2a_hi(weights, pairs[k].second, 128u) >> 8;
    }
    index = y;
  }
};

/// Four pixels of the output row as C words.
template <int C>
__device__ __forceinline__ void blend_rows(const filtered_pixels<C>& upper, const filtered_pixels<C>& lower,
                                           std::uint32_t weight, std::uint32_t rounding, std::uint32_t (&out)[C]) {
  const std::uint32_t below = 4 * weight, above = (1u << 17) - below;
#pragma unroll
  for (int w = 0; w < C; ++w) {
    std::uint32_t sum[4];
#pragma unroll
    for (int i = 0; i < 4; ++i)
      sum[i] = upper.value[4 * w + i] * above + (lower.value[4 * w + i] * below + 4 * rounding);
    out[w] = __byte_perm(__byte_perm(sum[0], sum[1], 0x0073), __byte_perm(sum[2], sum[3], 0x0073), 0x5410);
  }
}

template <int C, int Pairs>
__global__ void __launch_bounds__(block_threads) linear_u8_kernel(const __grid_constant__ batch<Pairs> b) {
  FLUXEL_SHARED(pixel_taps, columns, [tile_pixels]);
  FLUXEL_SHARED(row_blend, rows, [block_warps * most_rows_per_warp]);
  FLUXEL_SHARED(row_stage<C>, stages, [block_warps]);
  const tile t = find_tile(b);
  const int warp = static_cast<int>(threadIdx.y);
  const int thread = warp * block_lanes + static_cast<int>(threadIdx.x);
  const int rows_per_tile = b.rows_per_warp * block_warps;
  const int top = t.row * rows_per_tile;
  const int nth_row = thread - tile_pixels;
  if (nth_row < 0) {
    columns[thread] = pixel_taps_of<C>(t.pair, t.column * tile_pixels + thread);
  } else if (nth_row < rows_per_tile) {
    const position p = linear_position(t.pair.y, min(top + nth_row, t.pair.y.dst_size - 1));
    rows[nth_row] = {p.index, static_cast<std::uint32_t>(lerp<u8>::from_fraction(p.fraction))};
  }
  __syncthreads();
  const lane_windows<C> windows(columns, t);
  const row_writer<C> writer(stages[warp], t.column * tile_pixels * C, t);
  const auto rounding = static_cast<std::uint32_t>(lerp<u8>::last_addend(t.pair.rounding));
  filtered_pixels<C> upper, lower;
  for (int r = 0; r < b.rows_per_warp; ++r) {
    const int in_tile = warp * b.rows_per_warp + r;
    const int y = top + in_tile;
    if (y >= t.pair.y.dst_size) break;
    const row_blend at = rows[in_tile];
    if (upper.index != at.upper) {
      if (lower.index == at.upper)
        upper = lower;
      else
        upper.filter(t, at.upper, windows);
    }
    // A weight of 0 reads no second row: it may not exist.
    if (at.weight != 0 && lower.index != at.upper + 1) lower.filter(t, at.upper + 1, windows);
    std::uint32_t out[C];
    blend_rows<C>(upper, lower, at.weight, rounding, out);
    writer.write(reinterpret_cast<u8*>(t.dst + y * t.pair.dst.pitch), out);
  }
}

namespace {

template <int C>
status linear_u8(std::span<const image_pair> pairs, const axis_source& axes, const launch_options& options) {
  return launch_in_chunks(
      pairs, {.elements = tile_pixels * C}, axes, [&]<int Pairs>(const batch<Pairs>& b, unsigned blocks) {
        return launch<linear_u8_kernel<C, Pairs>>(blocks, dim3(block_lanes, block_warps), 0, options.stream, b);
      });
}

}  // namespace

bool fits_linear_u8(std::span<const image_pair> pairs) {
  return std::all_of(pairs.begin(), pairs.end(), [&](const image_pair& p) {
    const int channels = p.dst.channels;
    return (channels == 3 || channels == 4) && channels == pairs[0].dst.channels && p.src.width > 1 &&
           same_offset(p.src, 4) && (channels == 3 || offset_in_word(p.src.data, 4) == 0) && same_offset(p.dst, 4) &&
           offset_in_word(p.dst.data, 4) == 0;
  });
}

status resize_linear_u8(std::span<const image_pair> pairs, const axis_source& axes, const launch_options& options) {
  if (pairs.empty()) return status::ok;
  return pairs[0].dst.channels == 3 ? linear_u8<3>(pairs, axes, options) : linear_u8<4>(pairs, axes, options);
}

}  // namespace fluxel::kernels::gpu
