// SPDX-License-Identifier: Apache-2.0
// Bilinear doubling of u8 at half-pixel centres. There the weights are 1/4 and 3/4, and lerp<u8> loses no bit before
// its last rounding: (9 a + 3 b + 3 c + d + 8) >> 4, a the nearest pixel, d the farthest of the four.
// Rows start at multiples of 4 bytes; a lane reads words, and computes two or four bytes at once.
//
// A warp goes by gaps: between source rows g and g + 1 lie output rows 2 g + 1 and 2 g + 2. The gaps before the first
// row and after the last have one output row each.

#include "kernels/cuda/resize/linear_exact_u8.cuh"
#include "kernels/cuda/runtime/byte_lanes.cuh"

namespace fluxel::kernels::gpu {

/// A lane's share of a source row: whole pixels and whole words.
template <int C>
inline constexpr int group_bytes = C == 3 ? 12 : 8;

/// Bytes -4 to group + 3 around the lane's group, pixels outside the row repeating its ends.
template <int C>
struct group_words {
  static constexpr int count = group_bytes<C> / 4 + 2;
  std::uint32_t word[count];
};

template <int C>
__device__ __forceinline__ group_words<C> load_group(const u8* row, int at, int row_bytes) {
  group_words<C> g;
  if (at >= 4 && at + group_bytes<C> + 4 <= row_bytes) {
    const auto* words = reinterpret_cast<const std::uint32_t*>(row + (at - 4));
#pragma unroll
    for (int i = 0; i < g.count; ++i) g.word[i] = __ldg(words + i);
    return g;
  }
#pragma unroll
  for (int i = 0; i < g.count; ++i) {
    g.word[i] = 0;
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const int from = 4 * i + j - 4;  // of the group, from its first byte
      if (from < -C || from >= group_bytes<C> + C) continue;
      const int channel = (from + 4 * C) % C;
      const int pixel_start = min(max(at + from - channel, 0), row_bytes - C);
      g.word[i] |= std::uint32_t{__ldg(row + pixel_start + channel)} << (8 * j);
    }
  }
  return g;
}

/// 16 (3 near + far) + 32 for every byte of the doubled row: bytes t and t + 2 of output word w in [2 w], t + 1 and
/// t + 3 in [2 w + 1].
template <int C>
struct doubled_row {
  static constexpr int words = group_bytes<C> / 2;
  std::uint32_t sum[2 * words];

  static __device__ __forceinline__ int near(int t) { return t / C / 2 * C + t % C; }
  static __device__ __forceinline__ int far(int t) { return near(t) + (t / C % 2 == 0 ? -C : C); }

  __device__ __forceinline__ void filter(const tile& t, int y, int at) {
    const int last = t.pair.y.src_size - 1;
    const u8* row = reinterpret_cast<const u8*>(t.src + min(max(y, 0), last) * t.pair.src.pitch);
    const group_words<C> group = load_group<C>(row, at, t.pair.row_elements / 2);
    byte_lanes<group_words<C>::count> bytes;  // from byte -4 of the group on
#pragma unroll
    for (int i = 0; i < group.count; ++i) bytes.set(i, group.word[i]);
#pragma unroll
    for (int w = 0; w < words; ++w)
#pragma unroll
      for (int i = 0; i < 2; ++i) {
        const int a = 4 * w + i, b = a + 2;
        sum[2 * w + i] =
            bytes.pair(near(a) + 4, near(b) + 4) * 48 + 0x00200020u + bytes.pair(far(a) + 4, far(b) + 4) * 16;
      }
  }
  /// The output row that lies 3/4 in this row and 1/4 in `other`.
  __device__ __forceinline__ void blend(const doubled_row& other, std::uint32_t (&out)[words]) const {
#pragma unroll
    for (int w = 0; w < words; ++w)
      out[w] = __byte_perm(sum[2 * w] * 3 + other.sum[2 * w], sum[2 * w + 1] * 3 + other.sum[2 * w + 1], 0x7351);
  }
};

inline constexpr int gaps_per_warp = 2;
inline constexpr int doubling_warps = 4;

template <int C, int Pairs>
__global__ void __launch_bounds__(doubling_warps* block_lanes, 8)
    double_u8_kernel(const __grid_constant__ batch<Pairs> b) {
  constexpr int words = doubled_row<C>::words;
  FLUXEL_SHARED(row_stage<words>, stages, [doubling_warps]);
  const tile t = find_tile(b);
  const int warp = static_cast<int>(threadIdx.y);
  const int segment = t.column * block_lanes * 4 * words;
  const int at = segment / 2 + static_cast<int>(threadIdx.x) * group_bytes<C>;
  const int first = (t.row * doubling_warps + warp) * gaps_per_warp - 1;
  if (first >= t.pair.y.src_size) return;
  const row_writer<words> writer(stages[warp], segment, t);
  doubled_row<C> row[2];
  row[0].filter(t, first, at);
#pragma unroll
  for (int i = 0; i < gaps_per_warp; ++i) {
    const int gap = first + i;
    if (gap >= t.pair.y.src_size) break;
    const doubled_row<C>& upper = row[i & 1];
    doubled_row<C>& lower = row[(i + 1) & 1];
    lower.filter(t, gap + 1, at);
    u8* const out_row = reinterpret_cast<u8*>(t.dst + (std::ptrdiff_t{2} * gap + 1) * t.pair.dst.pitch);
    std::uint32_t out[words];
    if (gap >= 0) {
      upper.blend(lower, out);
      writer.write(out_row, out);
    }
    if (gap + 1 < t.pair.y.src_size) {
      lower.blend(upper, out);
      writer.write(out_row + t.pair.dst.pitch, out);
    }
  }
}

namespace {

bool has_aligned_words(const image& im) { return same_offset(im, 4) && offset_in_word(im.data, 4) == 0; }

void set_axes(pair_view& v, const image_pair& pair) {
  v.x = make_axis(nullptr, pair.src.width, pair.dst.width);
  v.y = make_axis(nullptr, pair.src.height, pair.dst.height);
}

template <int C>
status double_u8(std::span<const image_pair> pairs, const launch_options& options) {
  const tiling cut{.elements = block_lanes * 2 * group_bytes<C>,
                   .rows_per_tile = 2 * gaps_per_warp * doubling_warps,
                   .rows_before = 1};
  return launch_in_chunks(pairs, cut, set_axes, [&]<int Pairs>(const batch<Pairs>& b, unsigned blocks) {
    return launch<double_u8_kernel<C, Pairs>>(blocks, dim3(block_lanes, doubling_warps), 0, options.stream, b);
  });
}

}  // namespace

bool fits_exact_u8(std::span<const image_pair> pairs, exact_ratio ratio) {
  if (ratio == exact_ratio::none) return false;
  return std::all_of(pairs.begin(), pairs.end(), [&](const image_pair& p) {
    const bool channels = p.dst.channels <= 4 && p.dst.channels == pairs[0].dst.channels;
    return channels && (ratio != exact_ratio::doubled || (has_aligned_words(p.src) && has_aligned_words(p.dst)));
  });
}

status resize_exact_u8(std::span<const image_pair> pairs, exact_ratio ratio, const launch_options& options) {
  if (ratio != exact_ratio::doubled) return reduce_exact_u8(pairs, ratio, options);
  switch (pairs[0].dst.channels) {
    case 1:
      return double_u8<1>(pairs, options);
    case 2:
      return double_u8<2>(pairs, options);
    case 3:
      return double_u8<3>(pairs, options);
    default:
      return double_u8<4>(pairs, options);
  }
}

}  // namespace fluxel::kernels::gpu
