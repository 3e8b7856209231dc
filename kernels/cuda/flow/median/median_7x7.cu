// SPDX-License-Identifier: Apache-2.0
// Medians of 7 x 7 windows by tiles (median_tile.cuh).

#include <cstdint>

#include "kernels/cuda/flow/median/median_tile.cuh"
#include "kernels/cuda/flow/tile_columns.cuh"

namespace fluxel::kernels::gpu {

namespace {

using lists::value;
using medians::radius;

struct job_7x7 {
  flow_planes in, out;
  bool paired_in, paired_out;  ///< u and v lie alike, and two values of either can be read or written at once
};

/// Vectors from (left, top) on, which may lie outside the frame. left + Shift is even: pairs start there.
template <int Wide, int High, int Shift, int Threads>
__device__ __forceinline__ void load_vectors(const job_7x7& job, int n, int left, int top, int thread, value* to) {
  const plane<std::int16_t>& p = job.in.u;
  const bool inside = left >= Shift && top >= 0 && left + Wide + Shift <= p.width && top + High <= p.height;
  if (inside && job.paired_in) {
    const std::ptrdiff_t first = n * p.stride + top * p.pitch + left;
    const auto load_pair = [&](int x, int y) {
      const std::ptrdiff_t at = first + y * p.pitch + x;
      const auto u = *reinterpret_cast<const unsigned*>(job.in.u.data + at);
      const auto v = *reinterpret_cast<const unsigned*>(job.in.v.data + at);
      if (x >= 0) to[y * Wide + x] = __byte_perm(u, v, 0x5410);
      if (x + 1 < Wide) to[y * Wide + x + 1] = __byte_perm(u, v, 0x7632);
    };
    constexpr int words = Wide / 2 + Shift;
    if constexpr (Shift != 0) {
      for_columns<words, High, Threads>(thread,
                                        [&](int i) { return [&, i](int y) { load_pair(2 * i - Shift, y); }; });
    } else {
      for (int i = thread; i < words * High; i += Threads) load_pair(2 * (i % words), i / words);
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
  using shape = medians::fixed_shape<Width, Height, Threads>;
  constexpr int wide = medians::with_border(Width), high = medians::with_border(Height);
  FLUXEL_SHARED(uint2, vectors, [wide * high / 2]);
  FLUXEL_SHARED(value, columns, [medians::column_words(Width, Height)]);
  FLUXEL_SHARED(value, paired, [medians::pair_words(Width, Height)]);
  auto* const words = reinterpret_cast<value*>(vectors);
  const int thread = static_cast<int>(threadIdx.x), n = static_cast<int>(blockIdx.z);
  const int left = static_cast<int>(blockIdx.x) * Width, top = static_cast<int>(blockIdx.y) * Height;
  load_vectors<wide, high, 1, Threads>(job, n, left - radius, top - radius, thread, words);
  __syncthreads();
  medians::tile<shape>{{}, words, columns, paired}.run_in_eights(
      thread, [&](int x, int y, const value(&m)[2][2]) { store_medians(job, n, left + x, top + y, m); });
}

/// The medians of medians. Those that lie outside the frame are needed too: a reflected frame has reflected medians,
/// so they come of themselves.
template <int Width, int Height, int Threads>
__global__ void __launch_bounds__(Threads) median_twice(const __grid_constant__ job_7x7 job) {
  constexpr int wide = medians::with_border(Width), high = medians::with_border(Height);  // of the first medians
  constexpr int vectors_wide = medians::with_border(wide), vectors_high = medians::with_border(high);
  using first = medians::tile<medians::fixed_shape<wide, high, Threads>>;
  using second = medians::tile<medians::fixed_shape<Width, Height, Threads>>;
  FLUXEL_SHARED(uint2, vectors, [vectors_wide * vectors_high / 2]);
  FLUXEL_SHARED(uint2, between, [wide * high / 2]);
  FLUXEL_SHARED(value, columns, [medians::column_words(wide, high)]);
  FLUXEL_SHARED(value, paired, [medians::pair_words(wide, high)]);
  auto* const words = reinterpret_cast<value*>(vectors);
  const int thread = static_cast<int>(threadIdx.x), n = static_cast<int>(blockIdx.z);
  const int left = static_cast<int>(blockIdx.x) * Width, top = static_cast<int>(blockIdx.y) * Height;
  load_vectors<vectors_wide, vectors_high, 0, Threads>(job, n, left - 2 * radius, top - 2 * radius, thread, words);
  __syncthreads();
  first{{}, words, columns, paired}.run(thread, [&](int x, int y, const value(&m)[2][2]) {
    for (int row = 0; row < 2; ++row) between[((y + row) * wide + x) / 2] = make_uint2(m[row][0], m[row][1]);
  });
  __syncthreads();
  second{{}, reinterpret_cast<const value*>(between), columns, paired}.run(
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
  constexpr int width = 64, height = 16, threads = 128;
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
