// SPDX-License-Identifier: Apache-2.0
// Separable filters by table, of any number of channels and taps, both passes in one kernel and without a workspace.
// A block keeps what lies between the passes in shared memory; its size is bounded by the tile, never by the ratio.
// Where no tile fits, a plain kernel repeats the first pass.

#include <algorithm>
#include <vector>

#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/resize/filtered.cuh"

namespace fluxel::kernels::gpu {

/// One thread per output element; the first pass is repeated for every tap of the second. Needs nothing to fit.
template <class T, bool VerticalFirst>
__global__ void __launch_bounds__(block_threads)
    filtered_plain_kernel(const __grid_constant__ batch<pairs_per_launch> b,
                          const __grid_constant__ filter_pass pass) {
  using sum_type = std::conditional_t<is_integer<T>, std::int64_t, float>;
  const tile t = find_tile(b);
  const pair_view& pair = t.pair;
  const int channels = static_cast<int>(pair.channels.value);
  const filter_view& one = VerticalFirst ? pass.y : pass.x;
  const filter_view& two = VerticalFirst ? pass.x : pass.y;
  for (int k = 0; k < elements_per_lane; ++k) {
    const int e = t.column * tile_elements + k * block_lanes + static_cast<int>(threadIdx.x) - pair.lead;
    if (e < 0 || e >= pair.row_elements) continue;
    std::uint32_t channel;
    const int x = static_cast<int>(pair.channels.split(static_cast<std::uint32_t>(e), channel));
    for (int r = 0; r < b.rows_per_warp; ++r) {
      const int y = (t.row * block_warps + static_cast<int>(threadIdx.y)) * b.rows_per_warp + r;
      if (y >= pair.y.dst_size) break;
      tap_sum<T, sum_type> outer;
      const int o1 = VerticalFirst ? y : x;
      const int o2 = VerticalFirst ? x : y;
      for (int j = 0; j < two.taps; ++j) {
        const int at2 = __ldg(two.first + o2) + j;
        tap_sum<T, sum_type> inner;
        for (int i = 0; i < one.taps; ++i) {
          const int at1 = __ldg(one.first + o1) + i;
          const int row = VerticalFirst ? at1 : at2;
          const int column = VerticalFirst ? at2 : at1;
          const T* in =
              reinterpret_cast<const T*>(t.src + row * pair.src.pitch) + std::ptrdiff_t{column} * channels + channel;
          inner.add(weight_at<T>(one, o1 * one.taps + i), pixel_value(in, pass.shift));
        }
        outer.add(weight_at<T>(two, o2 * two.taps + j), keep(inner, one.bits, pass.intermediate_bits));
      }
      reinterpret_cast<T*>(t.dst + y * pair.dst.pitch)[e] = finish(outer, two.bits, pass);
    }
  }
}

/// The tile's part of a plane.
struct filter_work {
  tile at;
  int first_pixel;
  int pixels;
  int first_row;
  int rows;
  int thread;
};

template <int Pairs>
__device__ __forceinline__ filter_work find_filter_work(const batch<Pairs>& b, const filter_tiles& size) {
  const tile t = find_tile(b);
  const int x = t.column * size.pixels, y = t.row * size.rows;
  return {t,
          x,
          min(size.pixels, t.pair.x.dst_size - x),
          y,
          min(size.rows, t.pair.y.dst_size - y),
          static_cast<int>(threadIdx.y * block_lanes + threadIdx.x)};
}

/// Copies the weights of the tile's columns, so that lanes of neighbouring pixels read neighbouring words.
template <class T>
__device__ __forceinline__ void stage_weights(between_of<T>* staged, const filter_view& x, const filter_work& work,
                                              int stride) {
  for (int i = work.thread; i < work.pixels * x.taps; i += block_threads) {
    const int pixel = i / x.taps, tap = i % x.taps;
    staged[tap * stride + pixel] = weight_at<T>(x, work.first_pixel * x.taps + i);
  }
}

/// Vertical sums of adjacent elements of the source, a word's worth per thread where words are aligned.
template <class T, class Sum>
__device__ __forceinline__ void sum_columns(between_of<T>* kept, const filter_work& work, const filter_pass& pass,
                                            int y, int first, int count) {
  constexpr int per_word = elements_per_word<T>;
  const plane_rows& src = work.at.pair.src;
  const int row_elements = work.at.pair.x.src_size * static_cast<int>(work.at.pair.channels.value);
  const std::byte* top = work.at.src + __ldg(pass.y.first + y) * src.pitch;
  for (int i = work.thread * per_word; i < count; i += block_threads * per_word) {
    const int e = first + i;
    const bool whole = per_word > 1 && work.at.pair.src_words && e >= 0 && e + per_word <= row_elements;
    const std::byte* in = top;
    tap_sum<T, Sum> sums[per_word];
    for (int k = 0; k < pass.y.taps; ++k, in += src.pitch) {
      const between_of<T> weight = weight_at<T>(pass.y, y * pass.y.taps + k);
      const T* row = reinterpret_cast<const T*>(in) + e;
      if (whole) {
        const word_elements<T> word(row);
        for (int j = 0; j < per_word; ++j) sums[j].add(weight, value_of(word.at(j), pass.shift));
      } else {
        for (int j = 0; j < per_word; ++j)
          if (e + j >= 0 && e + j < row_elements) sums[j].add(weight, pixel_value(row + j, pass.shift));
      }
    }
    for (int j = 0; j < per_word; ++j) kept[i + j] = keep(sums[j], pass.y.bits, pass.intermediate_bits);
  }
}

/// Reducing: each output row is summed vertically over the tile's source columns, then horizontally.
template <class T, class Sum, int Pairs>
__global__ void __launch_bounds__(block_threads)
    filtered_vertical_kernel(const __grid_constant__ batch<Pairs> b, const __grid_constant__ filter_pass pass) {
  const filter_tiles& size = pass.tiles;
  constexpr int per_word = elements_per_word<T>;
  FLUXEL_DYNAMIC_SHARED(between_of<T>, shared);
  const filter_work work = find_filter_work(b, size);
  const pair_view& pair = work.at.pair;
  const int channels = static_cast<int>(pair.channels.value);
  between_of<T>* const weights = shared;
  between_of<T>* const kept = shared + size.weights(pass.x);
  stage_weights<T>(weights, pass.x, work, size.pixels);
  const int source_begin = __ldg(pass.x.begin + work.at.column);
  const int source_first = source_begin * channels;
  const int source_end = min(source_begin + size.span, pair.x.src_size) * channels;
  // Start where a word of the source does.
  const int back = static_cast<int>(reinterpret_cast<std::uintptr_t>(work.at.src + source_first * sizeof(T)) %
                                    (per_word * sizeof(T)) / sizeof(T));
  const int first = source_first - back;
  for (int r = 0; r < work.rows; ++r) {
    const int y = work.first_row + r;
    between_of<T>* const row = kept + r % 2 * size.kept;  // two rows in turn: one barrier is enough
    sum_columns<T, Sum>(row, work, pass, y, first, source_end - first);
    __syncthreads();
    T* const out =
        reinterpret_cast<T*>(work.at.dst + y * pair.dst.pitch) + std::ptrdiff_t{work.first_pixel} * channels;
    for (int i = work.thread; i < work.pixels * channels; i += block_threads) {
      std::uint32_t channel;
      const int pixel = static_cast<int>(pair.channels.split(static_cast<std::uint32_t>(i), channel));
      const int from = __ldg(pass.x.first + work.first_pixel + pixel) * channels + static_cast<int>(channel) - first;
      tap_sum<T, Sum> sum;
      for (int k = 0; k < pass.x.taps; ++k) sum.add(weights[k * size.pixels + pixel], row[from + k * channels]);
      out[i] = finish(sum, pass.x.bits, pass);
    }
  }
}

/// Enlarging: the source rows that the tile needs are filtered horizontally, then its rows are summed vertically.
template <class T, class Sum, int Pairs>
__global__ void __launch_bounds__(block_threads)
    filtered_horizontal_kernel(const __grid_constant__ batch<Pairs> b, const __grid_constant__ filter_pass pass) {
  const filter_tiles& size = pass.tiles;
  FLUXEL_DYNAMIC_SHARED(between_of<T>, shared);
  const filter_work work = find_filter_work(b, size);
  const pair_view& pair = work.at.pair;
  const int channels = static_cast<int>(pair.channels.value);
  const int elements = work.pixels * channels;
  const int lane = static_cast<int>(threadIdx.x), warp = static_cast<int>(threadIdx.y);
  between_of<T>* const weights = shared;
  between_of<T>* const kept = shared + size.weights(pass.x);
  stage_weights<T>(weights, pass.x, work, size.pixels);
  __syncthreads();
  const int top = __ldg(pass.y.begin + work.at.row);
  const int bottom = min(top + size.span, pair.y.src_size);
  for (int i = lane; i < elements; i += block_lanes) {
    std::uint32_t channel;
    const int pixel = static_cast<int>(pair.channels.split(static_cast<std::uint32_t>(i), channel));
    const std::ptrdiff_t from =
        std::ptrdiff_t{__ldg(pass.x.first + work.first_pixel + pixel)} * channels + static_cast<int>(channel);
    for (int y = top + warp; y < bottom; y += block_warps) {
      const T* in = reinterpret_cast<const T*>(work.at.src + y * pair.src.pitch) + from;
      tap_sum<T, Sum> sum;
      for (int k = 0; k < pass.x.taps; ++k, in += channels)
        sum.add(weights[k * size.pixels + pixel], pixel_value(in, pass.shift));
      kept[(y - top) * elements + i] = keep(sum, pass.x.bits, pass.intermediate_bits);
    }
  }
  __syncthreads();
  for (int r = warp; r < work.rows; r += block_warps) {
    const int y = work.first_row + r;
    const between_of<T>* column = kept + (__ldg(pass.y.first + y) - top) * elements;
    T* const out =
        reinterpret_cast<T*>(work.at.dst + y * pair.dst.pitch) + std::ptrdiff_t{work.first_pixel} * channels;
    for (int i = lane; i < elements; i += block_lanes) {
      tap_sum<T, Sum> sum;
      for (int k = 0; k < pass.y.taps; ++k)
        sum.add(weight_at<T>(pass.y, y * pass.y.taps + k), column[k * elements + i]);
      out[i] = finish(sum, pass.y.bits, pass);
    }
  }
}

namespace {

/// The smallest index that each group of `count` neighbouring outputs reads. Tables need not ascend: a window whose
/// outer weights are 0 is shorter than its neighbours.
std::vector<std::int32_t> group_begins(const filter_axis& a, int count) {
  std::vector<std::int32_t> begins;
  for (int i = 0; count > 0 && i < a.dst_size; i += count)
    begins.push_back(*std::min_element(a.first.begin() + i, a.first.begin() + std::min(i + count, a.dst_size)));
  return begins;
}

/// The most source pixels that such a group reads.
int widest_span(const filter_axis& a, int count) {
  const auto begins = group_begins(a, count);
  int widest = 0;
  for (int i = 0; i < a.dst_size; ++i) widest = std::max(widest, a.first[i] + a.taps - begins[i / count]);
  return widest;
}

filter_tiles vertical_tiles(const filtered_recipe& r, int channels) {
  constexpr int slack = 8;  // words of the source begin before the first column and end after the last
  constexpr int enough_elements = 512;
  filter_tiles t{.rows = 8};
  t.pixels = std::min({std::max(1, enough_elements / channels), filter_tiles::most_weights / r.x.taps, r.x.dst_size});
  for (; t.pixels > 0; t.pixels = t.pixels * 3 / 4) {
    t.span = widest_span(r.x, t.pixels);
    const std::int64_t kept = std::int64_t{t.span} * channels + slack;
    if (2 * kept <= filter_tiles::most_kept) {
      t.kept = static_cast<int>(kept);
      return t;
    }
  }
  return {};
}

filter_tiles horizontal_tiles(const filtered_recipe& r, int channels) {
  constexpr int enough_elements = 128;
  filter_tiles t{.rows = 16};
  t.pixels = std::min({std::max(1, enough_elements / channels), filter_tiles::most_weights / r.x.taps, r.x.dst_size});
  for (; t.rows > 0 && t.pixels > 0; t.rows /= 2) {
    t.span = widest_span(r.y, t.rows);
    const std::int64_t kept = std::int64_t{t.span} * t.pixels * channels;
    if (kept <= filter_tiles::most_kept) {
      t.kept = static_cast<int>(kept);
      return t;
    }
  }
  return {};
}

void set_axes(pair_view& v, const image_pair& pair) {
  v.x = make_axis(nullptr, pair.src.width, pair.dst.width);
  v.y = make_axis(nullptr, pair.src.height, pair.dst.height);
}

}  // namespace

general_filter::general_filter(element_type type, int channels, const filtered_recipe& r,
                               const table_allocator& memory)
    : type_(type),
      vertical_first_(r.order == pass_order::vertical_first),
      engine_(r.engine),
      channels_(channels),
      tiles_(vertical_first_ ? vertical_tiles(r, channels) : horizontal_tiles(r, channels)),
      first_x_(memory, r.x.first),
      first_y_(memory, r.y.first),
      begin_x_(memory, group_begins(r.x, tiles_.pixels)),
      begin_y_(memory, group_begins(r.y, tiles_.rows)),
      integer_x_(memory, r.x.integer),
      integer_y_(memory, r.y.integer),
      weight_x_(memory, r.x.weight),
      weight_y_(memory, r.y.weight),
      pass_{{first_x_.data(), begin_x_.data(), integer_x_.data(), weight_x_.data(), r.x.taps, r.x.integer_bits},
            {first_y_.data(), begin_y_.data(), integer_y_.data(), weight_y_.data(), r.y.taps, r.y.integer_bits},
            tiles_,
            r.intermediate_bits,
            r.max_value,
            r.low_zero_bits} {}

bool general_filter::failed() const {
  return first_x_.failed() || first_y_.failed() || begin_x_.failed() || begin_y_.failed() || integer_x_.failed() ||
         integer_y_.failed() || weight_x_.failed() || weight_y_.failed();
}

status general_filter::run(std::span<const image_pair> pairs, const launch_options& options) const {
  return visit_pixel_type(every_pixel_type, type_, status::unsupported, [&]<class T>(std::type_identity<T>) {
    if constexpr (!std::is_integral_v<T>)
      return run_as<T, float>(pairs, options);
    else if constexpr (sizeof(T) == 1)
      return engine_ == filter_engine::i16 ? run_as<T, std::int32_t>(pairs, options)
                                           : run_as<T, std::int64_t>(pairs, options);
    else
      return run_as<T, std::int64_t>(pairs, options);
  });
}

template <class T, class Sum>
status general_filter::run_as(std::span<const image_pair> pairs, const launch_options& options) const {
  if (tiles_.pixels == 0)
    return vertical_first_ ? run_plain<T, true>(pairs, options) : run_plain<T, false>(pairs, options);
  return vertical_first_ ? run_tiles<T, Sum, true>(pairs, options) : run_tiles<T, Sum, false>(pairs, options);
}

template <class T, class Sum, bool VerticalFirst>
status general_filter::run_tiles(std::span<const image_pair> pairs, const launch_options& options) const {
  const tiling cut{.elements = tiles_.pixels * channels_,
                   .rows_per_tile = tiles_.rows,
                   .element_bytes = sizeof(T),
                   .word_bytes = 0};
  const int kept = VerticalFirst ? 2 * tiles_.kept : tiles_.kept;
  const std::size_t shared = (tiles_.weights(pass_.x) + kept) * sizeof(between_of<T>);
  return launch_in_chunks(pairs, cut, set_axes, [&]<int Pairs>(const batch<Pairs>& b, unsigned blocks) {
    constexpr auto kernel = [] {
      if constexpr (VerticalFirst)
        return filtered_vertical_kernel<T, Sum, Pairs>;
      else
        return filtered_horizontal_kernel<T, Sum, Pairs>;
    }();
    return launch<kernel>(blocks, dim3(block_lanes, block_warps), shared, options.stream, b, pass_);
  });
}

template <class T, bool VerticalFirst>
status general_filter::run_plain(std::span<const image_pair> pairs, const launch_options& options) const {
  return launch_in_large_chunks(pairs, {.element_bytes = sizeof(T)}, set_axes,
                                [&](const batch<pairs_per_launch>& b, unsigned blocks) {
                                  return launch<filtered_plain_kernel<T, VerticalFirst>>(
                                      blocks, dim3(block_lanes, block_warps), 0, options.stream, b, pass_);
                                });
}

}  // namespace fluxel::kernels::gpu
