// SPDX-License-Identifier: Apache-2.0
// Bilinear reduction of u8 by 2:1 and 3:2 at half-pixel centres. Whole groups of source pixels make whole groups of
// outputs and share nothing with their neighbours, so that a tile needs no positions; and lerp<u8> loses no bit
// before its last rounding:
//   2:1  (a + b + c + d + 2) >> 2;
//   3:2  (9 a + 3 b + 3 c + d + 8) >> 4, a the nearest pixel, d the farthest of the four.

#include "kernels/cuda/resize/linear_exact_u8.cuh"
#include "kernels/cuda/runtime/byte_lanes.cuh"
#include "kernels/cuda/runtime/staging.cuh"

namespace fluxel::kernels::gpu {

/// 2:1. A lane makes four pixels of one row; of four channels every 32nd pixel, which reads shared memory without
/// conflicts.
template <int C>
struct halving {
  static constexpr int channels = C, warps = 4;
  static constexpr int source_rows = 2, rows = 1;      ///< of a step
  static constexpr int source_pixels = 8, pixels = 4;  ///< of a lane
  static constexpr int words = C;                      ///< of a lane in an output row
  static constexpr auto order = C == 4 ? lane_words::interleaved : lane_words::adjacent;

  static __device__ __forceinline__ void run(const unsigned char* const (&row)[2], int lane,
                                             std::uint32_t (&out)[1][words]) {
    if constexpr (C == 4)
      mean_of_pixels(row, lane, out[0]);
    else
      mean_of_bytes(row, lane, out[0]);
  }
  /// Two channels at once in the halves of a word.
  static __device__ __forceinline__ void mean_of_pixels(const unsigned char* const (&row)[2], int lane,
                                                        std::uint32_t (&out)[words]) {
#pragma unroll
    for (int k = 0; k < 4; ++k) {
      const uint2 u = reinterpret_cast<const uint2*>(row[0])[k * block_lanes + lane];
      const uint2 v = reinterpret_cast<const uint2*>(row[1])[k * block_lanes + lane];
      const std::uint32_t even = even_bytes(u.x) + even_bytes(u.y) + even_bytes(v.x) + even_bytes(v.y) + 0x00020002u;
      const std::uint32_t odd = odd_bytes(u.x) + odd_bytes(u.y) + odd_bytes(v.x) + odd_bytes(v.y) + 0x00020002u;
      out[k] = even_bytes(even >> 2) | (odd << 6 & 0xff00ff00u);
    }
  }
  /// dp4a adds the bytes of a pixel pair, times 64, so that a sum's second byte is the result.
  static __device__ __forceinline__ void mean_of_bytes(const unsigned char* const (&row)[2], int lane,
                                                       std::uint32_t (&out)[words]) {
    std::uint32_t upper[2 * C], lower[2 * C];
#pragma unroll
    for (int i = 0; i < C; ++i) {
      const uint2 u = reinterpret_cast<const uint2*>(row[0])[lane * C + i];
      const uint2 v = reinterpret_cast<const uint2*>(row[1])[lane * C + i];
      upper[2 * i] = u.x, upper[2 * i + 1] = u.y;
      lower[2 * i] = v.x, lower[2 * i + 1] = v.y;
    }
#pragma unroll
    for (int w = 0; w < words; ++w) {
      std::uint32_t sum[4];
#pragma unroll
      for (int i = 0; i < 4; ++i) sum[i] = add_pair(lower, 4 * w + i, add_pair(upper, 4 * w + i, 128));
      out[w] = __byte_perm(__byte_perm(sum[0], sum[1], 0x0051), __byte_perm(sum[2], sum[3], 0x0051), 0x5410);
    }
  }
  /// The two bytes of one source row under output byte t.
  static __device__ __forceinline__ std::uint32_t add_pair(const std::uint32_t (&row)[2 * C], int t,
                                                           std::uint32_t sum) {
    const int a = t / C * 2 * C + t % C, b = a + C;
    if (a / 4 == b / 4) return __dp4a(row[a / 4], 64u << (8 * (a % 4)) | 64u << (8 * (b % 4)), sum);
    return __dp4a(row[b / 4], 64u << (8 * (b % 4)), __dp4a(row[a / 4], 64u << (8 * (a % 4)), sum));
  }
};

/// 3:2. A lane makes eight pixels of two rows from twelve of three.
template <int C>
struct three_to_two {
  static constexpr int channels = C, warps = C == 1 ? 4 : 2;
  static constexpr int source_rows = 3, rows = 2;
  static constexpr int source_pixels = 12, pixels = 8;
  static constexpr int words = 2 * C;
  static constexpr auto order = lane_words::adjacent;

  /// 16 (3 near + far) + 32 of a row's bytes: t and t + 2 of output word w in [2 w], t + 1 and t + 3 in [2 w + 1].
  struct filtered {
    std::uint32_t sum[2 * words];

    __device__ __forceinline__ filtered(const unsigned char* row, int lane) {
      byte_lanes<3 * C> bytes;
      if constexpr (C == 4) {
#pragma unroll
        for (int i = 0; i < 3; ++i) {
          const uint4 quad = reinterpret_cast<const uint4*>(row)[lane * 3 + i];
          bytes.set(4 * i, quad.x), bytes.set(4 * i + 1, quad.y);
          bytes.set(4 * i + 2, quad.z), bytes.set(4 * i + 3, quad.w);
        }
      } else {
#pragma unroll
        for (int i = 0; i < 3 * C; ++i) bytes.set(i, reinterpret_cast<const std::uint32_t*>(row)[lane * 3 * C + i]);
      }
#pragma unroll
      for (int w = 0; w < words; ++w)
#pragma unroll
        for (int i = 0; i < 2; ++i) {
          const int a = 4 * w + i, b = a + 2;
          sum[2 * w + i] = bytes.pair(near(a), near(b)) * 48 + 0x00200020u + bytes.pair(far(a), far(b)) * 16;
        }
    }
    /// The output row that lies 3/4 in this row and 1/4 in `other`.
    __device__ __forceinline__ void blend(const filtered& other, std::uint32_t (&out)[words]) const {
#pragma unroll
      for (int w = 0; w < words; ++w)
        out[w] = __byte_perm(sum[2 * w] * 3 + other.sum[2 * w], sum[2 * w + 1] * 3 + other.sum[2 * w + 1], 0x7351);
    }
  };
  /// Even pixels lie between the first two of their three source pixels, odd ones between the last two.
  static __device__ __forceinline__ int near(int t) { return (t / C / 2 * 3 + t / C % 2 * 2) * C + t % C; }
  static __device__ __forceinline__ int far(int t) { return (t / C / 2 * 3 + 1) * C + t % C; }

  static __device__ __forceinline__ void run(const unsigned char* const (&row)[3], int lane,
                                             std::uint32_t (&out)[2][words]) {
    const filtered middle(row[1], lane);
    filtered(row[0], lane).blend(middle, out[0]);
    filtered(row[2], lane).blend(middle, out[1]);
  }
};

template <class Ratio, int Pairs>
__global__ void __launch_bounds__(Ratio::warps* block_lanes)
    reduce_exact_u8_kernel(const __grid_constant__ batch<Pairs> b, const __grid_constant__ staged_shape shape) {
  constexpr int C = Ratio::channels;
  FLUXEL_SHARED(row_stage<Ratio::words>, stages, [Ratio::warps]);
  FLUXEL_DYNAMIC_SHARED(unsigned char, staged);
  const tile t = find_tile(b);
  const pair_view& pair = t.pair;
  const int lane = static_cast<int>(threadIdx.x), warp = static_cast<int>(threadIdx.y);
  const int steps = Ratio::warps * b.rows_per_warp;  // of a tile
  const int top = t.row * steps * Ratio::source_rows;
  stage_rows(staged, shape,
             {t.src + top * pair.src.pitch, pair.src.pitch, pair.x.src_size * C, t.column * shape.pitch(),
              min(steps * Ratio::source_rows, pair.y.src_size - top)},
             warp * block_lanes + lane, Ratio::warps * block_lanes);
  wait_for_staged();
  const row_writer<Ratio::words, Ratio::order> writer(stages[warp], t.column * block_lanes * Ratio::words * 4, t);
#pragma unroll 1
  for (int step = warp * b.rows_per_warp; step < (warp + 1) * b.rows_per_warp; ++step) {
    const int y = (t.row * steps + step) * Ratio::rows;
    if (y >= pair.y.dst_size) break;
    const unsigned char* rows[Ratio::source_rows];
#pragma unroll
    for (int i = 0; i < Ratio::source_rows; ++i) rows[i] = staged + (step * Ratio::source_rows + i) * shape.pitch();
    std::uint32_t out[Ratio::rows][Ratio::words];
    Ratio::run(rows, lane, out);
#pragma unroll
    for (int i = 0; i < Ratio::rows; ++i)
      writer.write(reinterpret_cast<u8*>(t.dst + (y + i) * pair.dst.pitch), out[i]);
  }
}

namespace {

void set_axes(pair_view& v, const image_pair& pair) {
  v.x = make_axis(nullptr, pair.src.width, pair.dst.width);
  v.y = make_axis(nullptr, pair.src.height, pair.dst.height);
}

/// Few enough steps to fill the device with one image, and to let eight blocks share a multiprocessor.
template <class Ratio>
int steps_per_warp(std::span<const image_pair> pairs) {
  constexpr double enough_blocks = 800;
  constexpr int most_rows = 16 * 1024 / (block_lanes * Ratio::source_pixels * Ratio::channels);
  int steps = 4;
  auto blocks = [&] {
    double count = 0;
    for (const auto& [src, dst] : pairs)
      count += static_cast<double>(divide_up(dst.width, block_lanes * Ratio::pixels)) *
               divide_up(dst.height, Ratio::rows * Ratio::warps * steps) * dst.planes * dst.count;
    return count;
  };
  while (steps > 1 && (steps * Ratio::warps * Ratio::source_rows > most_rows || blocks() < enough_blocks)) steps /= 2;
  return steps;
}

template <class Ratio>
status reduce(std::span<const image_pair> pairs, const launch_options& options) {
  constexpr int C = Ratio::channels;
  const int steps = steps_per_warp<Ratio>(pairs);
  const tiling cut{.elements = block_lanes * Ratio::pixels * C,
                   .rows_per_tile = steps * Ratio::warps * Ratio::rows,
                   .word_bytes = 0};
  const staged_shape shape(block_lanes * Ratio::source_pixels * C, steps * Ratio::warps * Ratio::source_rows);
  return launch_in_chunks(pairs, cut, set_axes, [&]<int Pairs>(batch<Pairs>& b, unsigned blocks) {
    b.rows_per_warp = steps;
    return launch<reduce_exact_u8_kernel<Ratio, Pairs>>(
        blocks, dim3(block_lanes, Ratio::warps), static_cast<std::size_t>(shape.bytes()), options.stream, b, shape);
  });
}

template <template <int> class Ratio>
status reduce_channels(std::span<const image_pair> pairs, const launch_options& options) {
  switch (pairs[0].dst.channels) {
    case 1:
      return reduce<Ratio<1>>(pairs, options);
    case 2:
      return reduce<Ratio<2>>(pairs, options);
    case 3:
      return reduce<Ratio<3>>(pairs, options);
    default:
      return reduce<Ratio<4>>(pairs, options);
  }
}

}  // namespace

status reduce_exact_u8(std::span<const image_pair> pairs, exact_ratio ratio, const launch_options& options) {
  return ratio == exact_ratio::halved ? reduce_channels<halving>(pairs, options)
                                      : reduce_channels<three_to_two>(pairs, options);
}

}  // namespace fluxel::kernels::gpu
