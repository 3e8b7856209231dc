// SPDX-License-Identifier: Apache-2.0
// Nearest neighbour: elements of 1, 2, 4 or 8 bytes move, nothing is computed.

#include "kernels/cuda/resize/axis_source.cuh"
#include "kernels/cuda/runtime/elements.cuh"

namespace fluxel::kernels::gpu {

template <class T, int Pairs>
__global__ void __launch_bounds__(block_threads)
    nearest_kernel(const __grid_constant__ batch<Pairs> b, nearest_rounding rounding) {
  FLUXEL_SHARED(int, columns, [tile_elements]);
  FLUXEL_SHARED(int, rows, [block_warps * most_rows_per_warp]);
  const element_work work = find_work(b);
  const pair_view& pair = work.at.pair;
  const int nth_row = work.thread - tile_elements;
  if (nth_row < 0) {
    const int e = min(max(work.first + work.thread, 0), pair.row_elements - 1);
    std::uint32_t channel;
    const std::uint32_t x = pair.channels.split(static_cast<std::uint32_t>(e), channel);
    columns[work.thread] =
        nearest_index(pair.x, rounding, static_cast<int>(x)) * static_cast<int>(pair.channels.value) +
        static_cast<int>(channel);
  } else if (nth_row < work.rows_per_tile) {
    rows[nth_row] = nearest_index(pair.y, rounding, min(work.top + nth_row, pair.y.dst_size - 1));
  }
  __syncthreads();
  int from[elements_per_lane];
  for (int k = 0; k < elements_per_lane; ++k) from[k] = columns[element_of_lane<T>(work.lane, k)];
  for (int r = 0; r < b.rows_per_warp; ++r) {
    const int in_tile = work.warp * b.rows_per_warp + r;
    const int y = work.top + in_tile;
    if (y >= pair.y.dst_size) break;
    const T* in = reinterpret_cast<const T*>(work.at.src + rows[in_tile] * pair.src.pitch);
    T value[elements_per_lane];
    for (int k = 0; k < elements_per_lane; ++k) value[k] = load(in + from[k]);
    store_elements(pair, reinterpret_cast<T*>(work.at.dst + y * pair.dst.pitch), work.first, work.whole, value);
  }
}

namespace {

struct nearest_call {
  nearest_rounding rounding;
  axis_source axes;
  int together;
};

template <class T>
status nearest_of(std::span<const image_pair> pairs, const nearest_call& call, const launch_options& options) {
  constexpr int word_bytes = sizeof(T) < 4 ? 4 : sizeof(T);
  const tiling cut{.element_bytes = sizeof(T), .word_bytes = word_bytes, .together = call.together};
  return launch_in_chunks(pairs, cut, call.axes, [&]<int Pairs>(const batch<Pairs>& b, unsigned blocks) {
    return launch<nearest_kernel<T, Pairs>>(blocks, dim3(block_lanes, block_warps), 0, options.stream, b,
                                            call.rounding);
  });
}

/// How many elements of a pixel can move as one, in every pair.
int elements_together(std::span<const image_pair> pairs, int element_bytes) {
  for (int together = 8 / element_bytes; together > 1; together /= 2) {
    const int bytes = together * element_bytes;
    auto aligned = [&](const image& im) { return same_offset(im, bytes) && offset_in_word(im.data, bytes) == 0; };
    if (std::all_of(pairs.begin(), pairs.end(), [&](const image_pair& p) {
          return p.dst.channels % together == 0 && aligned(p.src) && aligned(p.dst);
        }))
      return together;
  }
  return 1;
}

status nearest(std::span<const image_pair> pairs, int element_bytes, nearest_rounding rounding,
               const axis_source& axes, const launch_options& options) {
  if (element_bytes < 1 || element_bytes > 8) return status::unsupported;
  const nearest_call call{rounding, axes, elements_together(pairs, element_bytes)};
  switch (element_bytes * call.together) {
    case 1:
      return nearest_of<std::uint8_t>(pairs, call, options);
    case 2:
      return nearest_of<std::uint16_t>(pairs, call, options);
    case 4:
      return nearest_of<std::uint32_t>(pairs, call, options);
    case 8:
      return nearest_of<std::uint64_t>(pairs, call, options);
    default:
      return status::unsupported;
  }
}

}  // namespace

status resize_nearest(std::span<const image_pair> pairs, int element_bytes, coordinates rule,
                      nearest_rounding rounding, const launch_options& options) {
  return nearest(pairs, element_bytes, rounding, {.rule = rule}, options);
}

status resize_nearest_tables(std::span<const image_pair> pairs, int element_bytes, const linear_tables& tables,
                             const launch_options& options) {
  return nearest(pairs, element_bytes, nearest_rounding::floor, {.tables = &tables}, options);
}

}  // namespace fluxel::kernels::gpu
