// SPDX-License-Identifier: Apache-2.0
// Bilinear doubling and halving of u8 at half-pixel centres. There the weights are 1/4 and 3/4, or 1/2, and
// lerp<u8> loses no bit before its last rounding:
//   doubling  (9 a + 3 b + 3 c + d + 8) >> 4, a the nearest pixel, d the farthest of the four;
//   halving   (a + b + c + d + 2) >> 2.
// Rows start at multiples of 4 bytes; a lane reads words, and computes two or four bytes at once.

#include "kernels/cuda/resize/linear_exact_u8.cuh"

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

/// Bytes of a group in lanes of 16 bits.
template <int C>
struct group_lanes {
  std::uint32_t even[group_words<C>::count];
  std::uint32_t odd[group_words<C>::count];

  __device__ __forceinline__ explicit group_lanes(const group_words<C>& g) {
#pragma unroll
    for (int i = 0; i < g.count; ++i) {
      even[i] = g.word[i] & 0x00ff00ffu;
      odd[i] = __byte_perm(g.word[i], 0, 0x4341);
    }
  }
  /// Bytes a and b of the group (from -4), side by side.
  __device__ __forceinline__ std::uint32_t pair(int a, int b) const {
    const int i = a + 4, j = b + 4;
    const std::uint32_t from_i = (i & 1) ? odd[i / 4] : even[i / 4];
    const std::uint32_t from_j = (j & 1) ? odd[j / 4] : even[j / 4];
    const bool together = i / 4 == j / 4 && (i & 1) == (j & 1) && i % 4 < 2 && j % 4 >= 2;
    return together ? from_i
                    : __byte_perm(from_i, from_j, (i % 4 < 2 ? 0x10u : 0x32u) | (j % 4 < 2 ? 0x5400u : 0x7600u));
  }
};

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
    const group_lanes<C> lanes(load_group<C>(row, at, t.pair.row_elements / 2));
#pragma unroll
    for (int w = 0; w < words; ++w)
#pragma unroll
      for (int i = 0; i < 2; ++i) {
        const int a = 4 * w + i, b = a + 2;
        sum[2 * w + i] = lanes.pair(near(a), near(b)) * 48 + 0x00200020u + lanes.pair(far(a), far(b)) * 16;
      }
  }
  /// The output row that lies 3/4 in this row and 1/4 in `other`.
  __device__ __forceinline__ void blend(const doubled_row& other, std::uint32_t (&out)[words]) const {
#pragma unroll
    for (int w = 0; w < words; ++w)
      out[w] = __byte_perm(sum[2 * w] * 3 + other.sum[2 * w], sum[2 * w + 1] * 3 + other.sum[2 * w + 1], 0x7351);
  }
};

template <int C, int Pairs>
__global__ void __launch_bounds__(block_threads) double_u8_kernel(const __grid_constant__ batch<Pairs> b) {
  constexpr int words = doubled_row<C>::words;
  FLUXEL_SHARED(row_stage<words>, stages, [block_warps]);
  const tile t = find_tile(b);
  const int warp = static_cast<int>(threadIdx.y);
  const int segment = t.column * block_lanes * 4 * words;
  const int at = segment / 2 + static_cast<int>(threadIdx.x) * group_bytes<C>;
  const int begin = (t.row * block_warps + warp) * b.rows_per_warp;
  const int end = min(begin + b.rows_per_warp, t.pair.y.src_size);
  const row_writer<words> writer(stages[warp], segment, t);
  doubled_row<C> before, here, after;
  if (begin < end) {
    before.filter(t, begin - 1, at);
    here.filter(t, begin, at);
  }
  for (int y = begin; y < end; ++y) {
    after.filter(t, y + 1, at);
    std::uint32_t out[words];
    u8* row = reinterpret_cast<u8*>(t.dst + std::ptrdiff_t{2} * y * t.pair.dst.pitch);
    here.blend(before, out);
    writer.write(row, out);
    here.blend(after, out);
    writer.write(row + t.pair.dst.pitch, out);
    before = here;
    here = after;
  }
}

/// 64 times the sum of the two bytes of one source row under output byte t, added to `sum`.
template <int C, int Words>
__device__ __forceinline__ std::uint32_t add_halved(const std::uint32_t (&row)[Words], int t, std::uint32_t sum) {
  const int a = t / C * 2 * C + t % C, b = a + C;
  if (a / 4 == b / 4) return __dp4a(row[a / 4], 64u << (8 * (a % 4)) | 64u << (8 * (b % 4)), sum);
  return __dp4a(row[b / 4], 64u << (8 * (b % 4)), __dp4a(row[a / 4], 64u << (8 * (a % 4)), sum));
}

template <int Words>
__device__ __forceinline__ void load_words(const u8* row, int at, int row_bytes, std::uint32_t (&out)[Words]) {
  if (at + 4 * Words <= row_bytes) {
#pragma unroll
    for (int i = 0; i < Words; ++i) out[i] = __ldg(reinterpret_cast<const std::uint32_t*>(row + at) + i);
    return;
  }
#pragma unroll
  for (int i = 0; i < Words; ++i) {
    out[i] = 0;
    for (int j = 0; j < 4; ++j)
      if (const int k = at + 4 * i + j; k < row_bytes) out[i] |= std::uint32_t{__ldg(row + k)} << (8 * j);
  }
}

template <int C, int Pairs>
__global__ void __launch_bounds__(block_threads) halve_u8_kernel(const __grid_constant__ batch<Pairs> b) {
  constexpr int words = group_bytes<C> / 4;
  FLUXEL_SHARED(row_stage<words>, stages, [block_warps]);
  const tile t = find_tile(b);
  const int warp = static_cast<int>(threadIdx.y);
  const int segment = t.column * block_lanes * 4 * words;
  const int at = 2 * (segment + static_cast<int>(threadIdx.x) * group_bytes<C>);
  const int begin = (t.row * block_warps + warp) * b.rows_per_warp;
  const int end = min(begin + b.rows_per_warp, t.pair.y.dst_size);
  const row_writer<words> writer(stages[warp], segment, t);
  for (int y = begin; y < end; ++y) {
    const u8* row = reinterpret_cast<const u8*>(t.src + std::ptrdiff_t{2} * y * t.pair.src.pitch);
    std::uint32_t upper[2 * words], lower[2 * words], out[words];
    load_words(row, at, 2 * t.pair.row_elements, upper);
    load_words(row + t.pair.src.pitch, at, 2 * t.pair.row_elements, lower);
#pragma unroll
    for (int w = 0; w < words; ++w) {
      std::uint32_t sum[4];
#pragma unroll
      for (int i = 0; i < 4; ++i) sum[i] = add_halved<C>(lower, 4 * w + i, add_halved<C>(upper, 4 * w + i, 128));
      out[w] = __byte_perm(__byte_perm(sum[0], sum[1], 0x0051), __byte_perm(sum[2], sum[3], 0x0051), 0x5410);
    }
    writer.write(reinterpret_cast<u8*>(t.dst + y * t.pair.dst.pitch), out);
  }
}

namespace {

bool has_aligned_words(const image& im) { return same_offset(im, 4) && offset_in_word(im.data, 4) == 0; }

void set_axes(pair_view& v, const image_pair& pair) {
  v.x = make_axis(nullptr, pair.src.width, pair.dst.width);
  v.y = make_axis(nullptr, pair.src.height, pair.dst.height);
}

template <int C>
status run_exact(std::span<const image_pair> pairs, exact_u8 which, const launch_options& options) {
  if (which == exact_u8::doubled)
    return launch_in_chunks(pairs, {.elements = block_lanes * 2 * group_bytes<C>, .rows = 2}, set_axes,
                            [&]<int Pairs>(const batch<Pairs>& b, unsigned blocks) {
                              return launch<double_u8_kernel<C, Pairs>>(blocks, dim3(block_lanes, block_warps), 0,
                                                                        options.stream, b);
                            });
  return launch_in_chunks(pairs, {.elements = block_lanes * group_bytes<C>}, set_axes,
                          [&]<int Pairs>(const batch<Pairs>& b, unsigned blocks) {
                            return launch<halve_u8_kernel<C, Pairs>>(blocks, dim3(block_lanes, block_warps), 0,
                                                                     options.stream, b);
                          });
}

}  // namespace

exact_u8 find_exact_u8(std::span<const image_pair> pairs) {
  auto all = [&](auto&& holds) { return std::all_of(pairs.begin(), pairs.end(), holds); };
  const bool eligible = !pairs.empty() && all([&](const image_pair& p) {
    return p.dst.channels <= 4 && p.dst.channels == pairs[0].dst.channels && has_aligned_words(p.src) &&
           has_aligned_words(p.dst);
  });
  auto is_double = [](const image& small, const image& large) {
    return large.width == 2 * std::int64_t{small.width} && large.height == 2 * std::int64_t{small.height};
  };
  if (eligible && all([&](const image_pair& p) { return is_double(p.src, p.dst); })) return exact_u8::doubled;
  if (eligible && all([&](const image_pair& p) { return is_double(p.dst, p.src); })) return exact_u8::halved;
  return exact_u8::none;
}

status resize_exact_u8(std::span<const image_pair> pairs, exact_u8 which, const launch_options& options) {
  switch (pairs[0].dst.channels) {
    case 1:
      return run_exact<1>(pairs, which, options);
    case 2:
      return run_exact<2>(pairs, which, options);
    case 3:
      return run_exact<3>(pairs, which, options);
    default:
      return run_exact<4>(pairs, which, options);
  }
}

}  // namespace fluxel::kernels::gpu
