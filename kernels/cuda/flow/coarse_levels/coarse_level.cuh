// SPDX-License-Identifier: Apache-2.0
#pragma once

// The steps of a level that one block solves in shared memory, as far as the methods share them.

#include "kernels/cuda/flow/median/median_tile.cuh"
#include "kernels/cuda/flow/warp_tile.cuh"

namespace fluxel::kernels::gpu::coarse {

inline constexpr int block_threads = 512;

/// The threads that solve a level: those of the block, or one half of them.
struct team {
  int thread, threads;
};

/// Elements of an array for every pixel, or bytes: what lies behind it stays aligned.
__host__ __device__ constexpr int padded(int pixels) { return (pixels + 15) / 16 * 16; }
__host__ __device__ constexpr int even(int side) { return side + side % 2; }

/// Bytes of working memory. Steps that follow each other use the same bytes.
__host__ __device__ constexpr int median_bytes(int width, int height) {
  const int w = even(width), h = even(height);
  return 4 * (medians::with_border(w) * medians::with_border(h) + medians::column_words(w, h) +
              medians::pair_words(w, h));
}
__host__ __device__ constexpr int place_bytes(int width, int height) {
  return static_cast<int>(sizeof(coarse_place)) * (width + height);
}
inline constexpr int slope_bytes = 9;  ///< of a pixel

/// A level of one image. Every pixel has its place in arrays without padding between rows.
struct level {
  plane<const u16> prev, next;  ///< of the image
  int width, height;
  short2* flow;
  unsigned char* memory;
  const int4* cubic;

  __device__ __forceinline__ int pixels() const { return width * height; }
  __device__ __forceinline__ int stride() const { return padded(width * height); }
  /// prev + warped, warped - prev, first derivatives of the sum, and whether the warp stays inside the frame.
  __device__ __forceinline__ std::int16_t* sum() const { return reinterpret_cast<std::int16_t*>(memory); }
  __device__ __forceinline__ std::int16_t* change() const { return sum() + stride(); }
  __device__ __forceinline__ std::int16_t* mx() const { return sum() + 2 * stride(); }
  __device__ __forceinline__ std::int16_t* my() const { return sum() + 3 * stride(); }
  __device__ __forceinline__ u8* known() const { return reinterpret_cast<u8*>(sum() + 4 * stride()); }
  __device__ __forceinline__ unsigned char* behind_slopes() const { return memory + slope_bytes * stride(); }

  /// Beyond the border the border's value repeats.
  template <class T>
  __device__ __forceinline__ std::int32_t along_x(const T* a, int x, int y) const {
    const T* const row = a + y * width;
    return slope5(row[clamp_index(x - 2, width)], row[clamp_index(x - 1, width)], row[clamp_index(x + 1, width)],
                  row[clamp_index(x + 2, width)]);
  }
  template <class T>
  __device__ __forceinline__ std::int32_t along_y(const T* a, int x, int y) const {
    const T* const column = a + x;
    return slope5(column[clamp_index(y - 2, height) * width], column[clamp_index(y - 1, height) * width],
                  column[clamp_index(y + 1, height) * width], column[clamp_index(y + 2, height) * width]);
  }
};

/// f(place, x, y) for every pixel.
template <class F>
__device__ __forceinline__ void every_pixel_of(const level& l, const team& own, const F& f) {
  for (int i = own.thread; i < l.pixels(); i += own.threads) f(i, i % l.width, i / l.width);
}

/// The pixels whose numbers stay in a thread's registers: pairs of neighbours in a row, of which the half sweeps
/// renew one each in turn.
struct owned_pixels {
  static constexpr int pairs = 2;
  int x[pairs][2], y[pairs];
  bool inside[pairs][2];

  __device__ __forceinline__ owned_pixels(const level& l, const team& own) {
    const int across = (l.width + 1) / 2;
#pragma unroll
    for (int k = 0; k < pairs; ++k) {
      const int i = own.thread + k * own.threads;
      y[k] = i / across;
#pragma unroll
      for (int p = 0; p < 2; ++p) {
        x[k][p] = 2 * (i % across) + ((y[k] ^ p) & 1);
        inside[k][p] = x[k][p] < l.width && y[k] < l.height;
      }
    }
  }
  __device__ __forceinline__ int place(const level& l, int k, int p) const { return y[k] * l.width + x[k][p]; }
};
/// Pixels that a team has room for.
__host__ __device__ constexpr bool owns(int width, int height, int threads) {
  return (width + 1) / 2 * height <= owned_pixels::pairs * threads;
}

/// The flow that a level begins with: `from` upscaled. A barrier is between its two halves.
__device__ __forceinline__ void find_places(const upscale_rule& rule, const level& l, const team& own) {
  auto* const places = reinterpret_cast<coarse_place*>(l.memory);
  for (int i = own.thread; i < l.width + l.height; i += own.threads) {
    const bool column = i < l.width;
    const ratio& axis = column ? rule.across : rule.along;
    const position p = linear_position(axis, column ? i : i - l.width);
    places[i] = {clamp_index(p.index, axis.src_size), clamp_index(p.index + 1, axis.src_size),
                 kernels::lerp<f32>::from_fraction(p.fraction)};
  }
}
__device__ __forceinline__ void upscale(const upscale_rule& rule, const short2* from, const level& l,
                                        const team& own) {
  const auto* const places = reinterpret_cast<const coarse_place*>(l.memory);
  const int wide = rule.across.src_size;
  every_pixel_of(l, own, [&](int i, int x, int y) {
    const coarse_place column = places[x], row = places[l.width + y];
    const short2 a = from[row.first * wide + column.first], b = from[row.first * wide + column.second],
                 c = from[row.second * wide + column.first], d = from[row.second * wide + column.second];
    l.flow[i] = make_short2(upscaled_flow({a.x, b.x, c.x, d.x}, column.weight, row.weight, rule.growth_u),
                            upscaled_flow({a.y, b.y, c.y, d.y}, column.weight, row.weight, rule.growth_v));
  });
}

__device__ __forceinline__ void warp(const level& l, const team& own) {
  every_pixel_of(l, own, [&](int i, int x, int y) {
    const int grey = __ldg(l.prev.data + y * l.prev.pitch + x);
    const warp_target to = warp_position(x, y, l.flow[i].x, l.flow[i].y, l.width, l.height);
    const int warped = to.inside ? sample_next(l.next, 0, to, l.cubic) : grey;
    l.sum()[i] = static_cast<std::int16_t>(grey + warped);
    l.change()[i] = static_cast<std::int16_t>(warped - grey);
    l.known()[i] = to.inside;
  });
}

__device__ __forceinline__ void find_derivatives(const level& l, const team& own) {
  every_pixel_of(l, own, [&](int i, int x, int y) {
    l.mx()[i] = static_cast<std::int16_t>(l.along_x(l.sum(), x, y));
    l.my()[i] = static_cast<std::int16_t>(l.along_y(l.sum(), x, y));
  });
}

__device__ __forceinline__ flow_tensor tensor_at(const level& l, const data_term_weights& weights, int i, int x,
                                                 int y) {
  flow_derivatives d{};
  if (l.known()[i])
    d = {l.mx()[i],
         l.my()[i],
         l.along_x(l.mx(), x, y),
         l.along_y(l.mx(), x, y),
         l.along_y(l.my(), x, y),
         l.change()[i],
         l.along_x(l.change(), x, y),
         l.along_y(l.change(), x, y)};
  return data_term(d, weights);
}

/// Every thread of the block calls it, between two barriers.
__device__ __forceinline__ void filter_median(const level& l, const team& own) {
  using lists::value;
  const medians::chosen_shape shape{even(l.width), even(l.height), own.threads};
  const int wide = medians::with_border(shape.width), high = medians::with_border(shape.height);
  auto* const vectors = reinterpret_cast<value*>(l.memory);
  auto* const columns = vectors + wide * high;
  auto* const flow = reinterpret_cast<value*>(l.flow);
  for (int i = own.thread; i < wide * high; i += own.threads)
    vectors[i] = flow[reflect_index(i / wide - medians::radius, l.height) * l.width +
                      reflect_index(i % wide - medians::radius, l.width)];
  __syncthreads();
  const medians::tile<medians::chosen_shape> tile{shape, vectors, columns,
                                                  columns + medians::column_words(shape.width, shape.height)};
  tile.run(own.thread, [&](int x, int y, const value(&m)[2][2]) {
    for (int row = 0; row < 2; ++row)
      for (int i = 0; i < 2; ++i)
        if (x + i < l.width && y + row < l.height) flow[(y + row) * l.width + x + i] = m[row][i];
  });
}

}  // namespace fluxel::kernels::gpu::coarse
