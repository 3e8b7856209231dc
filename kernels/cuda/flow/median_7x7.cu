// SPDX-License-Identifier: Apache-2.0
// Medians of 7 x 7 windows, for 2 x 2 windows at a time. These share a core of 6 x 6 pixels. With 13 more values to
// come, only its 14 middle ones can be a median. Each window then adds one column of 6 and one row of 7. Columns and
// pairs of columns are sorted once per block, in shared memory.

#include <cstdint>

#include "kernels/cuda/flow/sorted_lists.cuh"

namespace fluxel::kernels::gpu {

namespace {

using lists::list;
using lists::value;

constexpr int radius = 3;
constexpr int core_side = 6;

struct job_7x7 {
  flow_planes in, out;
  bool paired_in, paired_out;  ///< u and v lie alike, and two values of either can be read or written at once
};

/// A tile of Width x Height medians and what leads to them. Arrays in shared memory are its user's.
template <int Width, int Height, int Threads>
struct median_tile {
  static_assert(Width % 2 == 0 && Height % 2 == 0);
  static constexpr int wide = Width + 2 * radius, high = Height + 2 * radius;
  static constexpr int half = wide / 2;     ///< columns of either kind, even and odd
  static constexpr int pairs = half - 1;    ///< of columns: 2 x + 1 and 2 x + 2
  static constexpr int bands = Height / 2;  ///< of two rows of medians
  static constexpr int column_words = bands * core_side * wide;
  static constexpr int pair_words = bands * 2 * core_side * pairs;

  const value* vectors;  ///< wide x high
  value *columns, *paired;

  /// Column 2 i + odd of a band, without its first and last row: 6 values.
  __device__ __forceinline__ value& column_at(int band, int k, int odd, int i) const {
    return columns[(band * core_side + k) * wide + odd * half + i];
  }
  __device__ __forceinline__ value& pair_at(int band, int k, int i) const {
    return paired[(band * 2 * core_side + k) * pairs + i];
  }
  __device__ __forceinline__ list<core_side> column(int band, int odd, int i) const {
    list<core_side> c;
    for (int k = 0; k < core_side; ++k) c.at[k] = column_at(band, k, odd, i);
    return c;
  }
  __device__ __forceinline__ list<2 * core_side> pair(int band, int i) const {
    list<2 * core_side> p;
    for (int k = 0; k < 2 * core_side; ++k) p.at[k] = pair_at(band, k, i);
    return p;
  }

  __device__ __forceinline__ void sort_columns(int thread) const {
    for (int i = thread; i < wide * bands; i += Threads) {
      const int x = i % wide, band = i / wide;
      list<core_side> c;
      for (int k = 0; k < core_side; ++k) c.at[k] = vectors[(2 * band + 1 + k) * wide + x];
      c = lists::sort(c);
      for (int k = 0; k < core_side; ++k) column_at(band, k, x & 1, x / 2) = c.at[k];
    }
  }
  __device__ __forceinline__ void merge_pairs(int thread) const {
    for (int i = thread; i < pairs * bands; i += Threads) {
      const int x = i % pairs, band = i / pairs;
      const auto p = lists::merge(column(band, 1, x), column(band, 0, x + 1));
      for (int k = 0; k < 2 * core_side; ++k) pair_at(band, k, x) = p.at[k];
    }
  }

  /// The four medians at (2 x, 2 band).
  __device__ __forceinline__ void find(int band, int x, value (&median)[2][2]) const {
    const auto core = lists::middle_of<7>(lists::merge(pair(band, x), pair(band, x + 1)), pair(band, x + 2));
    const auto left = lists::middle_of<4>(core, column(band, 0, x));
    const auto right = lists::middle_of<4>(core, column(band, 1, x + 3));
    for (int row = 0; row < 2; ++row) {
      const auto* from = reinterpret_cast<const uint2*>(vectors + (2 * band + row * 7) * wide + 2 * x);
      const uint2 a = from[0], b = from[1], c = from[2], d = from[3];
      const auto shared = lists::sort(list<6>{{a.y, b.x, b.y, c.x, c.y, d.x}});
      median[row][0] = lists::kth<8>(left, lists::merge(shared, list<1>{{a.x}}));
      median[row][1] = lists::kth<8>(right, lists::merge(shared, list<1>{{d.y}}));
    }
  }

  /// Every thread of the block calls it, after a barrier; put(x, y, medians) for even x and y.
  template <class Put>
  __device__ __forceinline__ void run(int thread, const Put& put) const {
    sort_columns(thread);
    __syncthreads();
    merge_pairs(thread);
    __syncthreads();
    for (int i = thread; i < Width / 2 * bands; i += Threads) {
      const int x = i % (Width / 2), band = i / (Width / 2);
      value median[2][2];
      find(band, x, median);
      put(2 * x, 2 * band, median);
    }
  }
};

/// Vectors from (left, top) on, which may lie outside the frame. left + Shift is even: pairs start there.
template <int Wide, int High, int Shift, int Threads>
__device__ __forceinline__ void load_vectors(const job_7x7& job, int n, int left, int top, int thread, value* to) {
  const plane<std::int16_t>& p = job.in.u;
  const bool inside = left >= Shift && top >= 0 && left + Wide + Shift <= p.width && top + High <= p.height;
  if (inside && job.paired_in) {
    constexpr int words = Wide / 2 + Shift;
    const std::ptrdiff_t first = n * p.stride + top * p.pitch + left;
    for (int i = thread; i < words * High; i += Threads) {
      const int y = i / words, x = 2 * (i - y * words) - Shift;
      const std::ptrdiff_t at = first + y * p.pitch + x;
      const auto u = *reinterpret_cast<const unsigned*>(job.in.u.data + at);
      const auto v = *reinterpret_cast<const unsigned*>(job.in.v.data + at);
      if (x >= 0 && x < Wide) to[y * Wide + x] = __byte_perm(u, v, 0x5410);
      if (x + 1 < Wide) to[y * Wide + x + 1] = __byte_perm(u, v, 0x7632);
    }
    return;
  }
  for (int i = thread; i < Wide * High; i += Threads)
    to[i] = packed_vector(job.in, n, left + i % Wide, top + i / Wide);
}

__device__ __forceinline__ void store_medians(const job_7x7& job, int n, int x, int y, const value (&m)[2][2]) {
  const plane<std::int16_t>& p = job.out.u;
  for (int row = 0; row < 2; ++row) {
    if (x >= p.width || y + row >= p.height) continue;
    const bool both = x + 1 < p.width;
    if (both && job.paired_out) {
      const std::ptrdiff_t at = n * p.stride + (y + row) * p.pitch + x;
      *reinterpret_cast<unsigned*>(job.out.u.data + at) = __byte_perm(m[row][0], m[row][1], 0x5410);
      *reinterpret_cast<unsigned*>(job.out.v.data + at) = __byte_perm(m[row][0], m[row][1], 0x7632);
      continue;
    }
    for (int i = 0; i < (both ? 2 : 1); ++i) {
      pixel_at(job.out.u, {n, x + i, y + row}) = static_cast<std::int16_t>(m[row][i] & 0xffffu);
      pixel_at(job.out.v, {n, x + i, y + row}) = static_cast<std::int16_t>(m[row][i] >> 16);
    }
  }
}

template <int Width, int Height, int Threads>
__global__ void __launch_bounds__(Threads) median_once(const __grid_constant__ job_7x7 job) {
  using tile = median_tile<Width, Height, Threads>;
  FLUXEL_SHARED(uint2, vectors, [tile::wide * tile::high / 2]);
  FLUXEL_SHARED(value, columns, [tile::column_words]);
  FLUXEL_SHARED(value, paired, [tile::pair_words]);
  auto* const words = reinterpret_cast<value*>(vectors);
  const int thread = static_cast<int>(threadIdx.x), n = static_cast<int>(blockIdx.z);
  const int left = static_cast<int>(blockIdx.x) * Width, top = static_cast<int>(blockIdx.y) * Height;
  load_vectors<tile::wide, tile::high, 1, Threads>(job, n, left - radius, top - radius, thread, words);
  __syncthreads();
  tile{words, columns, paired}.run(
      thread, [&](int x, int y, const value(&m)[2][2]) { store_medians(job, n, left + x, top + y, m); });
}

/// The medians of medians. Those that lie outside the frame are needed too: a reflected frame has reflected medians,
/// so they come of themselves.
template <int Width, int Height, int Threads>
__global__ void __launch_bounds__(Threads) median_twice(const __grid_constant__ job_7x7 job) {
  using first = median_tile<Width + 2 * radius, Height + 2 * radius, Threads>;
  using second = median_tile<Width, Height, Threads>;
  FLUXEL_SHARED(uint2, vectors, [first::wide * first::high / 2]);
  FLUXEL_SHARED(uint2, between, [second::wide * second::high / 2]);
  FLUXEL_SHARED(value, columns, [first::column_words]);
  FLUXEL_SHARED(value, paired, [first::pair_words]);
  auto* const words = reinterpret_cast<value*>(vectors);
  const int thread = static_cast<int>(threadIdx.x), n = static_cast<int>(blockIdx.z);
  const int left = static_cast<int>(blockIdx.x) * Width, top = static_cast<int>(blockIdx.y) * Height;
  load_vectors<first::wide, first::high, 0, Threads>(job, n, left - 2 * radius, top - 2 * radius, thread, words);
  __syncthreads();
  first{words, columns, paired}.run(thread, [&](int x, int y, const value(&m)[2][2]) {
    for (int row = 0; row < 2; ++row) between[((y + row) * second::wide + x) / 2] = make_uint2(m[row][0], m[row][1]);
  });
  __syncthreads();
  second{reinterpret_cast<const value*>(between), columns, paired}.run(
      thread, [&](int x, int y, const value(&m)[2][2]) { store_medians(job, n, left + x, top + y, m); });
}

bool comes_in_pairs(const flow_planes& f) {
  const auto even = [](const plane<std::int16_t>& p) {
    return reinterpret_cast<std::uintptr_t>(p.data) % 4 == 0 && p.pitch % 2 == 0 && p.stride % 2 == 0;
  };
  return even(f.u) && even(f.v) && f.u.pitch == f.v.pitch && f.u.stride == f.v.stride;
}

job_7x7 job_of(const flow_planes& in, const flow_planes& out) {
  return {in, out, comes_in_pairs(in), comes_in_pairs(out)};
}

dim3 tiles_of(const plane<std::int16_t>& p, int width, int height) {
  return dim3(divide_up(p.width, width), divide_up(p.height, height), p.count);
}

template <int Width, int Height, int Threads>
status launch_twice(const flow_planes& in, const flow_planes& out, CUstream_st* stream) {
  return launch<median_twice<Width, Height, Threads>>(tiles_of(in.u, Width, Height), dim3(Threads), 0, stream,
                                                      job_of(in, out));
}

}  // namespace

status median_7x7(const flow_planes& in, const flow_planes& out, const launch_options& options) {
  constexpr int width = 64, height = 16, threads = 256;
  return launch<median_once<width, height, threads>>(tiles_of(in.u, width, height), dim3(threads), 0, options.stream,
                                                     job_of(in, out));
}

status median_7x7_twice(const flow_planes& in, const flow_planes& between, const flow_planes& out,
                        const launch_options& options) {
  // A wider border, for a launch less. Sizes as measured on an H100.
  const double pixels = static_cast<double>(in.u.width) * in.u.height * in.u.count;
  if (pixels < 20'000) return launch_twice<10, 10, 128>(in, out, options.stream);
  if (pixels < 60'000) return launch_twice<18, 18, 256>(in, out, options.stream);
  if (pixels < 200'000) return launch_twice<26, 10, 256>(in, out, options.stream);
  const status first = median_7x7(in, between, options);
  return first == status::ok ? median_7x7(between, out, options) : first;
}

}  // namespace fluxel::kernels::gpu
