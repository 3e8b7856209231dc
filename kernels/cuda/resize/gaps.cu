// SPDX-License-Identifier: Apache-2.0
// Planes of floats enlarged by 2 or 4 at half-pixel centres. Between two neighbouring source pixels, and between two
// rows, lie as many outputs as the factor, all made of the same difference: lerp<f32> at (2 m + 1) / (2 factor),
// exact numbers that are never 0. The gaps before the first row and after the last are made of the edge row alone, or
// of zeros and the edge row.

#include "kernels/common/runtime/fma.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/resize/gaps.cuh"
#include "kernels/cuda/runtime/elements.cuh"
#include "kernels/cuda/runtime/widen.cuh"

namespace fluxel::kernels::gpu {

/// A lane stores 16 bytes of an output row.
template <class T, int Factor>
struct gap_lane {
  static constexpr int outputs = 16 / static_cast<int>(sizeof(T));
  static constexpr int pixels = outputs / Factor;
  static constexpr int across = sizeof(T) == 4 ? 2 : 1;  ///< warps side by side
  static constexpr int down = 4;
  static constexpr int gaps = 2;  ///< of a warp
  static constexpr int warps = across * down;
};

template <class T>
__device__ __forceinline__ uint4 pack_outputs(const float* v) {
  std::uint32_t words[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    if constexpr (sizeof(T) == 4)
      words[i] = bits_of_float(v[i]);
    else
      words[i] = bits_of(narrow<T>(v[2 * i])) | bits_of(narrow<T>(v[2 * i + 1])) << 16;
  }
  return {words[0], words[1], words[2], words[3]};
}

/// The lane's pixels of a source row.
template <class T, int Pixels>
__device__ __forceinline__ void load_pixels(const T* p, float (&out)[Pixels]) {
  std::uint32_t words[Pixels * sizeof(T) / 4 + 1];
  if constexpr (Pixels * sizeof(T) == 8) {
    const uint2 two = __ldg(reinterpret_cast<const uint2*>(p));
    words[0] = two.x;
    words[1] = two.y;
  } else if constexpr (Pixels * sizeof(T) == 4) {
    words[0] = __ldg(reinterpret_cast<const std::uint32_t*>(p));
  }
#pragma unroll
  for (int i = 0; i < Pixels; ++i) {
    if constexpr (sizeof(T) == 4)
      out[i] = float_from_bits(words[i]);
    else
      out[i] = widen(T{static_cast<std::uint16_t>(words[i / 2] >> (i % 2 * 16))});
  }
}

/// m-th of the outputs in a gap.
template <int Factor>
__device__ __forceinline__ constexpr float weight_in_gap(int m) {
  return static_cast<float>(2 * m + 1) * (0.5f / Factor);
}

/// A source row filtered horizontally: the lane's outputs.
template <class T, int Factor, beyond_border Border>
struct gap_row {
  using L = gap_lane<T, Factor>;
  float value[L::outputs];

  __device__ __forceinline__ void filter(const tile& t, int y, int x) {
    const pair_view& pair = t.pair;
    if (Border == beyond_border::zero && (y < 0 || y >= pair.y.src_size)) {
#pragma unroll
      for (int i = 0; i < L::outputs; ++i) value[i] = 0;
      return;
    }
    const int row = min(max(y, 0), pair.y.src_size - 1), width = pair.x.src_size;
    const T* p = reinterpret_cast<const T*>(t.src + row * pair.src.pitch) + x;
    float own[L::pixels], v[L::pixels + 2];
    load_pixels<T, L::pixels>(p, own);
    v[0] = x > 0 ? widen(load(p - 1)) : 0.0f;
    v[L::pixels + 1] = x + L::pixels < width ? widen(load(p + L::pixels)) : 0.0f;
#pragma unroll
    for (int i = 0; i < L::pixels; ++i) v[i + 1] = own[i];
#pragma unroll
    for (int i = 0; i <= L::pixels; ++i) {
      const float difference = v[i + 1] - v[i];
#pragma unroll
      for (int m = 0; m < Factor; ++m)
        if (const int at = i * Factor - Factor / 2 + m; at >= 0 && at < L::outputs)
          value[at] = fused(weight_in_gap<Factor>(m), difference, v[i]);
    }
    if constexpr (Border == beyond_border::edge_pixel) {
#pragma unroll
      for (int m = 0; m < Factor / 2; ++m) {  // an infinite edge pixel stays what it is
        if (x == 0) value[m] = own[0];
        if (x + L::pixels >= width) value[L::outputs - 1 - m] = own[L::pixels - 1];
      }
    }
  }
};

template <class T, int Factor, beyond_border Border>
__global__ void __launch_bounds__(gap_lane<T, Factor>::warps* block_lanes, sizeof(T) == 4 ? 4 : 8)
    gaps_kernel(const __grid_constant__ batch<1> b) {
  using L = gap_lane<T, Factor>;
  const tile t = find_tile(b);
  const pair_view& pair = t.pair;
  const int warp = static_cast<int>(threadIdx.y);
  const int x = ((t.column * L::across + warp % L::across) * block_lanes + static_cast<int>(threadIdx.x)) * L::pixels;
  const int first = (t.row * L::down + warp / L::across) * L::gaps - 1, height = pair.y.src_size;
  if (x >= pair.x.src_size || first >= height) return;
  gap_row<T, Factor, Border> row[2];
  row[0].filter(t, first, x);
#pragma unroll
  for (int i = 0; i < L::gaps; ++i) {
    const int gap = first + i;
    if (gap >= height) break;
    row[(i + 1) & 1].filter(t, gap + 1, x);
    const float(&upper)[L::outputs] = row[i & 1].value, (&lower)[L::outputs] = row[(i + 1) & 1].value;
    const bool edge = Border == beyond_border::edge_pixel && (gap < 0 || gap + 1 >= height);
    float difference[L::outputs];
#pragma unroll
    for (int k = 0; k < L::outputs; ++k) difference[k] = lower[k] - upper[k];
#pragma unroll
    for (int m = 0; m < Factor; ++m) {
      const int y = gap * Factor + Factor / 2 + m;
      if (y < 0 || y >= height * Factor) continue;
      float out[L::outputs];
#pragma unroll
      for (int k = 0; k < L::outputs; ++k)
        out[k] = edge ? upper[k] : fused(weight_in_gap<Factor>(m), difference[k], upper[k]);
      __stcs(reinterpret_cast<uint4*>(reinterpret_cast<T*>(t.dst + y * pair.dst.pitch) + std::ptrdiff_t{x} * Factor),
             pack_outputs<T>(out));
    }
  }
}

namespace {

template <class T, int Factor, beyond_border Border>
status run_gaps(const image_pair& pair, const launch_options& options) {
  using L = gap_lane<T, Factor>;
  const tiling cut{.elements = L::across * block_lanes * L::outputs,
                   .rows_per_tile = L::down * L::gaps * Factor,
                   .rows_before = Factor,
                   .element_bytes = sizeof(T),
                   .word_bytes = 0};
  auto set_axes = [](pair_view& v, const image_pair& p) {
    v.x = make_axis(nullptr, p.src.width, p.dst.width);
    v.y = make_axis(nullptr, p.src.height, p.dst.height);
  };
  return launch_chunk<1>(std::span(&pair, 1), cut, set_axes, [&](const batch<1>& b, unsigned blocks) {
    return launch<gaps_kernel<T, Factor, Border>>(blocks, dim3(block_lanes, L::warps), 0, options.stream, b);
  });
}

template <class T>
status gaps_of(const image_pair& pair, int factor, beyond_border border, const launch_options& options) {
  if (border == beyond_border::edge_pixel) return run_gaps<T, 2, beyond_border::edge_pixel>(pair, options);
  return factor == 2 ? run_gaps<T, 2, beyond_border::zero>(pair, options)
                     : run_gaps<T, 4, beyond_border::zero>(pair, options);
}

}  // namespace

bool fits_gaps(const image_pair& pair, element_type type, int factor) {
  if (type == element_type::u8 || type == element_type::u16 || (factor != 2 && factor != 4)) return false;
  const int pixels = 16 / element_size(type) / factor, bytes = pixels * element_size(type);
  const auto& [src, dst] = pair;
  return src.channels == 1 && src.width % pixels == 0 && same_offset(src, bytes) &&
         offset_in_word(src.data, bytes) == 0 && same_offset(dst, 16) && offset_in_word(dst.data, 16) == 0;
}

status enlarge_by_gaps(const image_pair& pair, element_type type, int factor, beyond_border border,
                       const launch_options& options) {
  return visit_pixel_type(every_float_type, type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return gaps_of<T>(pair, factor, border, options); });
}

}  // namespace fluxel::kernels::gpu
