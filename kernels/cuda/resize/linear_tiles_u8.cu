// SPDX-License-Identifier: Apache-2.0
// Bilinear of u8 pixels with 1 to 4 channels at any ratio, from source rows in shared memory.
//
// A block computes a tile: its box of the source is on the way while the positions of its columns and rows are
// computed. A lane has four pixels of a row and goes down the rows; of the two source rows it keeps filtered, one has
// an even index and one an odd, so that moving on replaces one and moves none. The sums are those of lerp<u8> with
// its multiplications carried out, as in linear_u8.cu.

#include "kernels/common/resize/lerp.hpp"
#include "kernels/cuda/resize/linear_tiles_u8.cuh"
#include "kernels/cuda/runtime/row_writer.cuh"
#include "kernels/cuda/runtime/staging.cuh"
#include "kernels/cuda/runtime/words.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int staged_warps = 4;
inline constexpr int staged_threads = staged_warps * block_lanes;
inline constexpr int pixels_of_lane = 4;
inline constexpr int pixels_of_warp = pixels_of_lane * block_lanes;

/// How the warps of a block share a tile. Rows of one channel are short: two warps lie side by side.
template <int C>
struct staged_tile {
  static constexpr int across = C == 1 ? 2 : 1;
  static constexpr int down = staged_warps / across;
  static constexpr int pixels = pixels_of_warp * across;
  static constexpr auto order = C == 4 ? lane_words::interleaved : lane_words::adjacent;
};

struct column_taps {
  std::uint32_t at;       ///< first byte of the left tap, from the box's first
  std::uint32_t weights;  ///< 2^15 - w below, w above
};
/// The two source rows of an output row, by the parity of their index: offsets in the box, and weights.
struct row_taps_by_parity {
  std::uint32_t even, odd;
  std::uint32_t even_weight, odd_weight;
};

template <int C>
__device__ __forceinline__ column_taps taps_of_column(const position& p, const pair_view& pair, int begin) {
  const auto w = static_cast<std::uint32_t>(lerp<u8>::from_fraction(p.fraction));
  // The last pixel is the right tap of the one before it, so that both taps exist.
  if (p.index == pair.x.src_size - 1) return {static_cast<std::uint32_t>((p.index - 1) * C - begin), 0x80000000u};
  return {static_cast<std::uint32_t>(p.index * C - begin), w << 16 | (0x8000u - w)};
}

__device__ __forceinline__ row_taps_by_parity taps_of_row(const position& p, const pair_view& pair, int top,
                                                          int staged_pitch) {
  const auto w = static_cast<std::uint32_t>(lerp<u8>::from_fraction(p.fraction));
  const std::uint32_t lower_weight = 4 * w, upper_weight = (1u << 17) - lower_weight;
  const auto upper = static_cast<std::uint32_t>((p.index - top) * staged_pitch);
  const auto lower = static_cast<std::uint32_t>((min(p.index + 1, pair.y.src_size - 1) - top) * staged_pitch);
  if (p.index & 1) return {lower, upper, lower_weight, upper_weight};
  return {upper, lower, upper_weight, lower_weight};
}

/// How a lane cuts the taps of its four pixels out of words.
template <int C>
struct lane_selectors {
  std::uint32_t word[pixels_of_lane];    ///< offset of the word that holds the left tap's first byte
  std::uint32_t first[pixels_of_lane];   ///< left and right bytes of channels 0 and 1, in pairs
  std::uint32_t second[pixels_of_lane];  ///< three channels: those of channel 2
  std::uint32_t weights[pixels_of_lane];

  __device__ __forceinline__ explicit lane_selectors(const column_taps* columns, int lane) {
#pragma unroll
    for (int k = 0; k < pixels_of_lane; ++k) {
      const column_taps taps = columns[C == 4 ? k * block_lanes + lane : lane * pixels_of_lane + k];
      const std::uint32_t in_word = taps.at & 3;
      word[k] = taps.at & ~3u;
      weights[k] = taps.weights;
      if (C == 2) first[k] = 0x3120u + in_word * 0x1111u;
      if (C == 3) {
        first[k] = 0x4130u + in_word * 0x1111u;
        second[k] = in_word == 3 ? third_word : 0x52u + in_word * 0x11u;
        keep_in_register(second[k]);
      }
      if (C == 2 || C == 3) keep_in_register(first[k]);
      keep_in_register(word[k]);
    }
    if constexpr (C == 1) select_from_window(columns, lane);
  }
  /// The four pixels of one channel lie in the eight bytes from the first one's left tap.
  __device__ __forceinline__ void select_from_window(const column_taps* columns, int lane) {
    const std::uint32_t begin = columns[lane * pixels_of_lane].at;
    std::uint32_t d[pixels_of_lane];
#pragma unroll
    for (int k = 0; k < pixels_of_lane; ++k) d[k] = columns[lane * pixels_of_lane + k].at - begin;
    second[0] = (begin & 3) * 8;
    first[0] = d[0] | (d[0] + 1) << 4 | d[1] << 8 | (d[1] + 1) << 12;
    first[1] = d[2] | (d[2] + 1) << 4 | d[3] << 8 | (d[3] + 1) << 12;
    keep_in_register(second[0]);
    keep_in_register(first[0]);
    keep_in_register(first[1]);
  }
  /// Channel 2 ends in a third word: its bytes are number 5 of the words read and number 0 of the third.
  static constexpr std::uint32_t third_word = 0x05u;

  /// Filters one source row: 7 fraction bits.
  __device__ __forceinline__ void filter(const unsigned char* row, std::uint32_t (&value)[4 * C]) const {
    if constexpr (C == 1) {
      const auto* words = reinterpret_cast<const std::uint32_t*>(row + word[0]);
      const std::uint32_t w0 = words[0], w1 = words[1], w2 = words[2];
      const std::uint32_t low = __funnelshift_r(w0, w1, second[0]), high = __funnelshift_r(w1, w2, second[0]);
      const std::uint32_t left = permute_bytes(low, high, first[0]), right = permute_bytes(low, high, first[1]);
      value[0] = __dp2a_lo(weights[0], left, 128u) >> 8;
      value[1] = __dp2a_hi(weights[1], left, 128u) >> 8;
      value[2] = __dp2a_lo(weights[2], right, 128u) >> 8;
      value[3] = __dp2a_hi(weights[3], right, 128u) >> 8;
    } else {
      filter_pixels(row, value);
    }
  }
  __device__ __forceinline__ void filter_pixels(const unsigned char* row, std::uint32_t (&value)[4 * C]) const {
    std::uint32_t a[pixels_of_lane], b[pixels_of_lane];
#pragma unroll
    for (int k = 0; k < pixels_of_lane; ++k) {
      const auto* words = reinterpret_cast<const std::uint32_t*>(row + word[k]);
      const std::uint32_t w0 = words[0], w1 = words[1];
      b[k] = 0;
      if constexpr (C == 4) {
        a[k] = __byte_perm(w0, w1, 0x5140);
        b[k] = __byte_perm(w0, w1, 0x7362);
      } else {
        a[k] = permute_bytes(w0, w1, first[k]);
        if constexpr (C == 3) {
          std::uint32_t low = w0;
          if (second[k] == third_word) low = words[2];
          b[k] = permute_bytes(low, w1, second[k]);
        }
      }
    }
#pragma unroll
    for (int k = 0; k < pixels_of_lane; ++k) {
      value[k * C] = __dp2a_lo(weights[k], a[k], 128u) >> 8;
      value[k * C + 1] = __dp2a_hi(weights[k], a[k], 128u) >> 8;
      if constexpr (C >= 3) value[k * C + 2] = __dp2a_lo(weights[k], b[k], 128u) >> 8;
      if constexpr (C == 4) value[k * C + 3] = __dp2a_hi(weights[k], b[k], 128u) >> 8;
    }
  }
};

/// The source rows and columns that a tile needs: one position per lane, of its corners.
struct tile_corner {
  int left, top, bottom;

  __device__ __forceinline__ tile_corner(const pair_view& pair, int x0, int y0, int rows, int lane) {
    const bool vertical = (lane & 1) != 0;
    const axis& along = vertical ? pair.y : pair.x;
    const int output = vertical ? min(y0 + (lane & 2 ? rows - 1 : 0), pair.y.dst_size - 1) : x0;
    const int index = linear_position(along, output).index;
    left = min(__shfl_sync(~0u, index, 0), pair.x.src_size - 2);
    top = __shfl_sync(~0u, index, 1);
    bottom = min(__shfl_sync(~0u, index, 3) + 1, pair.y.src_size - 1);
  }
};

template <int C, int Pairs>
__global__ void __launch_bounds__(staged_threads, C >= 3 ? 7 : 8)
    linear_staged_u8_kernel(const __grid_constant__ batch<Pairs> b, const __grid_constant__ staged_shape shape) {
  using S = staged_tile<C>;
  FLUXEL_SHARED(column_taps, columns, [S::pixels]);
  FLUXEL_SHARED(row_taps_by_parity, rows, [S::down * most_rows_per_warp]);
  FLUXEL_SHARED(row_stage<C>, stages, [staged_warps]);
  FLUXEL_DYNAMIC_SHARED(unsigned char, staged);
  const tile t = find_tile(b);
  const pair_view& pair = t.pair;
  const int lane = static_cast<int>(threadIdx.x), warp = static_cast<int>(threadIdx.y);
  const int thread = warp * block_lanes + lane;
  const int rows_per_tile = S::down * b.rows_per_warp;
  const int x0 = t.column * S::pixels, y0 = t.row * rows_per_tile;
  const tile_corner corner(pair, x0, y0, rows_per_tile, lane);
  const int begin = (corner.left * C) & ~15;
  stage_rows(staged, shape,
             {t.src + corner.top * pair.src.pitch, pair.src.pitch, pair.x.src_size * C, begin,
              corner.bottom - corner.top + 1},
             thread, staged_threads);
  for (int i = thread; i < S::pixels + rows_per_tile; i += staged_threads) {
    const bool vertical = i >= S::pixels;
    const axis& along = vertical ? pair.y : pair.x;
    const position p = linear_position(along, min(vertical ? y0 + i - S::pixels : x0 + i, along.dst_size - 1));
    if (vertical)
      rows[i - S::pixels] = taps_of_row(p, pair, corner.top, shape.pitch());
    else
      columns[i] = taps_of_column<C>(p, pair, begin);
  }
  wait_for_staged();
  const int across = warp % S::across, first_row = warp / S::across * b.rows_per_warp;
  const lane_selectors<C> taps(columns + across * pixels_of_warp, lane);
  const row_writer<C, S::order> writer(stages[warp], (x0 + across * pixels_of_warp) * C, t);
  const std::uint32_t rounding = 4 * static_cast<std::uint32_t>(lerp<u8>::last_addend(pair.rounding));
  const int count = min(b.rows_per_warp, pair.y.dst_size - (y0 + first_row));
  std::byte* out_row = t.dst + (y0 + first_row) * pair.dst.pitch;
  std::uint32_t even[4 * C] = {}, odd[4 * C] = {};
  std::uint32_t have_even = ~0u, have_odd = ~0u;
#pragma unroll 1
  for (int r = 0; r < count; ++r, out_row += pair.dst.pitch) {
    const row_taps_by_parity at = rows[first_row + r];
    if (at.even != have_even) taps.filter(staged + at.even, even);
    if (at.odd != have_odd) taps.filter(staged + at.odd, odd);
    have_even = at.even;
    have_odd = at.odd;
    std::uint32_t out[C];
#pragma unroll
    for (int w = 0; w < C; ++w) {
      std::uint32_t sum[4];
#pragma unroll
      for (int i = 0; i < 4; ++i)
        sum[i] = even[4 * w + i] * at.even_weight + (odd[4 * w + i] * at.odd_weight + rounding);
      out[w] = __byte_perm(__byte_perm(sum[0], sum[1], 0x0073), __byte_perm(sum[2], sum[3], 0x0073), 0x5410);
    }
    writer.write(reinterpret_cast<u8*>(out_row), out);
  }
}

namespace {

/// Reductions beyond this stage more than they use.
constexpr double most_ratio = 2.5;
/// Boxes up to this size let eight blocks share a multiprocessor.
constexpr int most_box_bytes = 24 * 1024;
/// About six blocks for each multiprocessor of the largest GPUs.
constexpr double enough_blocks = 800;

template <int C>
struct staged_launch {
  using S = staged_tile<C>;
  int rows_per_warp = 1;
  staged_shape shape;

  staged_launch(std::span<const image_pair> pairs, const axis_source& axes) {
    for (int rows = 1; rows <= most_rows_per_warp; rows *= 2) {
      const staged_shape next = shape_of(pairs, axes, rows * S::down);
      if (rows > 1 && (next.bytes() > most_box_bytes || blocks(pairs, rows * S::down) < enough_blocks)) return;
      rows_per_warp = rows;
      shape = next;
    }
  }
  static staged_shape shape_of(std::span<const image_pair> pairs, const axis_source& axes, int rows) {
    std::int64_t pixels = 0, most_rows = 0;
    for (const auto& pair : pairs) {
      pixels = std::max(pixels, std::min<std::int64_t>(axes.reach_x(pair, S::pixels) + 2, pair.src.width));
      most_rows = std::max(most_rows, std::min<std::int64_t>(axes.reach_y(pair, rows) + 2, pair.src.height));
    }
    return {static_cast<int>(pixels) * C + 15, static_cast<int>(most_rows)};
  }
  static double blocks(std::span<const image_pair> pairs, int rows) {
    double count = 0;
    for (const auto& [src, dst] : pairs)
      count +=
          static_cast<double>(divide_up(dst.width, S::pixels)) * divide_up(dst.height, rows) * dst.planes * dst.count;
    return count;
  }
};

template <int C>
status linear_staged(std::span<const image_pair> pairs, const axis_source& axes, const launch_options& options) {
  using S = staged_tile<C>;
  const staged_launch<C> how(pairs, axes);
  const tiling cut{.elements = S::pixels * C, .rows_per_tile = how.rows_per_warp * S::down, .word_bytes = 0};
  return launch_in_chunks(pairs, cut, axes, [&]<int Pairs>(batch<Pairs>& b, unsigned blocks) {
    b.rows_per_warp = how.rows_per_warp;
    return launch<linear_staged_u8_kernel<C, Pairs>>(blocks, dim3(block_lanes, staged_warps),
                                                     static_cast<std::size_t>(how.shape.bytes()), options.stream, b,
                                                     how.shape);
  });
}

}  // namespace

bool fits_linear_staged_u8(std::span<const image_pair> pairs, const axis_source& axes) {
  return std::all_of(pairs.begin(), pairs.end(), [&](const image_pair& p) {
    const int channels = p.dst.channels;
    constexpr int outputs = 128, rows = 16;
    return channels <= 4 && channels == pairs[0].dst.channels && p.src.width > 1 &&
           axes.reach_x(p, outputs) <= most_ratio * outputs && axes.reach_y(p, rows) <= most_ratio * rows &&
           (channels > 1 || axes.reach_x(p, pixels_of_lane) <= 6);
  });
}

status resize_linear_staged_u8(std::span<const image_pair> pairs, const axis_source& axes,
                               const launch_options& options) {
  if (pairs.empty()) return status::ok;
  switch (pairs[0].dst.channels) {
    case 1:
      return linear_staged<1>(pairs, axes, options);
    case 2:
      return linear_staged<2>(pairs, axes, options);
    case 3:
      return linear_staged<3>(pairs, axes, options);
    default:
      return linear_staged<4>(pairs, axes, options);
  }
}

}  // namespace fluxel::kernels::gpu
