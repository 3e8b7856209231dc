// SPDX-License-Identifier: Apache-2.0
// A lane has four neighbouring outputs and goes down some rows. Each source row is read once, and enters the sums of
// the two output rows that take it; the chains are those of filter.hpp, vertical first.

#include <vector>

#include "kernels/cuda/resize/halve_planes.cuh"
#include "kernels/cuda/runtime/elements.cuh"
#include "kernels/cuda/runtime/widen.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int halve_outputs = 4;  ///< of a lane
inline constexpr int halve_warps = 4;
inline constexpr int halve_rows = 8;                         ///< output rows of a warp
inline constexpr int halve_columns = 2 * halve_outputs + 2;  ///< source columns of a lane

/// The lane's source columns of one row, from the one before its first output's first.
template <class T>
__device__ __forceinline__ void load_columns(float (&v)[halve_columns], const T* p, bool has_left, bool has_right) {
  constexpr int words = halve_outputs * 2 * sizeof(T) / 4;
  std::uint32_t word[words];
#pragma unroll
  for (int i = 0; i < words / 4; ++i) {
    const uint4 four = __ldg(reinterpret_cast<const uint4*>(p) + i);
    word[4 * i] = four.x, word[4 * i + 1] = four.y, word[4 * i + 2] = four.z, word[4 * i + 3] = four.w;
  }
#pragma unroll
  for (int i = 0; i < 2 * halve_outputs; ++i) {
    if constexpr (sizeof(T) == 4)
      v[i + 1] = float_from_bits(word[i]);
    else
      v[i + 1] = widen(T{static_cast<std::uint16_t>(word[i / 2] >> (i % 2 * 16))});
  }
  v[0] = has_left ? widen(load(p - 1)) : 0.0f;
  v[halve_columns - 1] = has_right ? widen(load(p + 2 * halve_outputs)) : 0.0f;
}

__device__ __forceinline__ void add_row(float (&sum)[halve_columns], float weight,
                                        const float (&row)[halve_columns]) {
  if (weight == 0) return;
#pragma unroll
  for (int i = 0; i < halve_columns; ++i) sum[i] = fused(weight, row[i], sum[i]);
}

/// The lane's weights along a row.
struct halve_lane {
  float weight[halve_outputs][4];
  bool whole = true;  ///< none of them is 0

  __device__ __forceinline__ explicit halve_lane(const float4* table) {
#pragma unroll
    for (int i = 0; i < halve_outputs; ++i) {
      const float4 w = __ldg(table + i);
      weight[i][0] = w.x, weight[i][1] = w.y, weight[i][2] = w.z, weight[i][3] = w.w;
      whole = whole && w.x != 0 && w.y != 0 && w.z != 0 && w.w != 0;
    }
  }
  template <bool Whole>
  __device__ __forceinline__ void sum(float (&out)[halve_outputs], const float (&kept)[halve_columns]) const {
#pragma unroll
    for (int i = 0; i < halve_outputs; ++i) {
      out[i] = empty_sum;
#pragma unroll
      for (int k = 0; k < 4; ++k)
        out[i] =
            Whole ? fused(weight[i][k], kept[2 * i + k], out[i]) : add_tap(out[i], weight[i][k], kept[2 * i + k]);
    }
  }
};

template <class T>
__device__ __forceinline__ void store_outputs(T* p, const float (&v)[halve_outputs]) {
  if constexpr (sizeof(T) == 4)
    __stcs(reinterpret_cast<uint4*>(p),
           uint4{bits_of_float(v[0]), bits_of_float(v[1]), bits_of_float(v[2]), bits_of_float(v[3])});
  else
    __stcs(reinterpret_cast<uint2*>(p), uint2{bits_of(narrow<T>(v[0])) | bits_of(narrow<T>(v[1])) << 16,
                                              bits_of(narrow<T>(v[2])) | bits_of(narrow<T>(v[3])) << 16});
}

template <class T>
__global__ void __launch_bounds__(halve_warps* block_lanes, 6)
    halve_planes_kernel(const __grid_constant__ batch<1> b, const float4* weights_x, const float4* weights_y) {
  const tile t = find_tile(b);
  const pair_view& pair = t.pair;
  const int x = (t.column * block_lanes + static_cast<int>(threadIdx.x)) * halve_outputs;
  const int y0 = (t.row * halve_warps + static_cast<int>(threadIdx.y)) * halve_rows, height = pair.y.dst_size;
  if (x >= pair.x.dst_size || y0 >= height) return;
  const halve_lane lane(weights_x + x);
  const bool has_left = x > 0, has_right = x + halve_outputs < pair.x.dst_size;
  auto load_row = [&](float(&row)[halve_columns], int y) {
    const std::byte* p = t.src + min(max(y, 0), pair.y.src_size - 1) * pair.src.pitch;  // beyond the plane: weight 0
    load_columns(row, reinterpret_cast<const T*>(p) + 2 * x, has_left, has_right);
  };
  float upper[halve_columns], lower[halve_columns], sum[2][halve_columns];
  auto start = [&](float(&s)[halve_columns], const float4& w) {
#pragma unroll
    for (float& v : s) v = empty_sum;
    add_row(s, w.x, upper);
    add_row(s, w.y, lower);
  };
  float4 weight = __ldg(weights_y + y0);
  load_row(upper, 2 * y0 - 1);
  load_row(lower, 2 * y0);
  start(sum[0], weight);
#pragma unroll 2
  for (int i = 0; i < halve_rows; ++i) {
    const int y = y0 + i;
    if (y >= height) break;
    load_row(upper, 2 * y + 1);
    load_row(lower, 2 * y + 2);
    float(&kept)[halve_columns] = sum[i & 1];
    add_row(kept, weight.z, upper);
    add_row(kept, weight.w, lower);
    weight = __ldg(weights_y + min(y + 1, height - 1));
    start(sum[(i + 1) & 1], weight);
    float out[halve_outputs];
    if (lane.whole)
      lane.sum<true>(out, kept);
    else
      lane.sum<false>(out, kept);
    store_outputs(reinterpret_cast<T*>(t.dst + y * pair.dst.pitch) + x, out);
  }
}

namespace {

/// Empty where an output takes a pixel beyond its four.
std::vector<float4> halving_weights(const filter_axis& a) {
  if (std::int64_t{a.dst_size} * 2 != a.src_size) return {};
  std::vector<float4> table(static_cast<std::size_t>(a.dst_size), float4{0, 0, 0, 0});
  for (int i = 0; i < a.dst_size; ++i)
    for (int k = 0; k < a.taps; ++k) {
      const float w = a.weight[static_cast<std::size_t>(i) * a.taps + k];
      if (w == 0) continue;
      float* const of[] = {&table[i].x, &table[i].y, &table[i].z, &table[i].w};
      const int at = a.first[i] + k - (2 * i - 1);
      if (at < 0 || at > 3) return {};
      *of[at] = w;
    }
  return table;
}

template <class T>
status halve(const image_pair& pair, const float4* x, const float4* y, const launch_options& options) {
  const tiling cut{.elements = block_lanes * halve_outputs,
                   .rows_per_tile = halve_warps * halve_rows,
                   .element_bytes = sizeof(T),
                   .word_bytes = 0};
  auto set_axes = [](pair_view& v, const image_pair& p) {
    v.x = make_axis(nullptr, p.src.width, p.dst.width);
    v.y = make_axis(nullptr, p.src.height, p.dst.height);
  };
  return launch_chunk<1>(std::span(&pair, 1), cut, set_axes, [&](const batch<1>& b, unsigned blocks) {
    return launch<halve_planes_kernel<T>>(blocks, dim3(block_lanes, halve_warps), 0, options.stream, b, x, y);
  });
}

}  // namespace

halving_tables::halving_tables(element_type type, int channels, const filtered_recipe& r,
                               const table_allocator& memory)
    : type_(type), x_(memory), y_(memory) {
  if (r.engine != filter_engine::f32 || channels != 1 || r.order != pass_order::vertical_first ||
      r.x.dst_size % halve_outputs != 0)
    return;
  const auto x = halving_weights(r.x), y = halving_weights(r.y);
  if (x.empty() || y.empty()) return;
  x_.assign(x);
  y_.assign(y);
}

bool halving_tables::fits(const image_pair& pair) const {
  const int dst_bytes = halve_outputs * element_size(type_);
  return x_.data() != nullptr && y_.data() != nullptr && same_offset(pair.src, 16) &&
         offset_in_word(pair.src.data, 16) == 0 && same_offset(pair.dst, dst_bytes) &&
         offset_in_word(pair.dst.data, dst_bytes) == 0;
}

status halving_tables::run(std::span<const image_pair> pairs, const launch_options& options) const {
  const auto run_pair = type_ == element_type::f32   ? halve<f32>
                        : type_ == element_type::f16 ? halve<f16>
                                                     : halve<bf16>;
  for (const image_pair& pair : pairs)
    if (const status s = run_pair(pair, x_.data(), y_.data(), options); s != status::ok) return s;
  return status::ok;
}

}  // namespace fluxel::kernels::gpu
