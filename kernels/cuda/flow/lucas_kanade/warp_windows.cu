// SPDX-License-Identifier: Apache-2.0
// A whole warp of Lucas-Kanade in one kernel, for box windows of the default radius: the next frame is warped, what
// each pixel adds to windows is found down columns of the tile, and the windows are summed and solved down columns.
// The first warp of a level also upscales the coarser flow.

#include "kernels/cuda/flow/lucas_kanade/windows.cuh"
#include "kernels/cuda/flow/warp_tile.cuh"

namespace fluxel::kernels::gpu {

// Not unnamed: the record of the machine code goes by the kernels' names.
namespace warp_windows {

constexpr int radius = 2, side = 2 * radius + 1;
constexpr int reach = derivative_reach + radius;

struct window_job {
  warp_source source;
  data_term_weights weights;
  window_rule rule;
  flow_planes to;
};

/// `strips` times `entry_rows` rows of entries; windows are 2 radius narrower and lower. Threads run down columns, of
/// `entry_rows` entries and then of `rows` windows.
template <int entry_width_, int strips, int entry_rows_, int rows_>
struct window_shape {
  static constexpr int entry_width = entry_width_, entry_rows = entry_rows_, rows = rows_;
  static constexpr int entry_height = strips * entry_rows, threads = entry_width * strips;
  static constexpr int width = entry_width - 2 * radius, height = entry_height - 2 * radius;
  static constexpr int blocks = 1024 / threads;  ///< on a multiprocessor, as far as shared memory goes
  static_assert(height % rows == 0 && strips * rows >= height);
};

template <class Shape, bool upscales>
struct window_tile {
  static constexpr int entries = Shape::entry_width * Shape::entry_height;
  std::int64_t b1[entries], b2[entries];
  std::int32_t a11[entries], a12[entries], a22[entries];
  warped_tile<Shape::entry_width + 8, Shape::entry_height + 8, upscales> warped;
  derivative_tile<Shape::entry_width + 4, Shape::entry_height + 4> first;
};

/// The flow at sample `i` of the tile, which is the frame's pixel (x, y).
template <class Tile>
__device__ __forceinline__ short2 flow_at(const window_job& job, const Tile& tile, bool upscales, int i, int n, int x,
                                          int y) {
  if (upscales) return tile.flow[i];
  const auto& f = job.source.flow;
  const int at = first_of(f.u, n) + y * static_cast<int>(f.u.pitch) + x;
  return make_short2(f.u.data[at], f.v.data[at]);
}

/// What each pixel adds to the windows around it; nothing outside the image.
template <class Shape, bool upscales>
__device__ __forceinline__ void fill_entries(const window_job& job, window_tile<Shape, upscales>& tile, int n,
                                             int left, int top, int thread) {
  const int x = thread % Shape::entry_width, y = thread / Shape::entry_width * Shape::entry_rows;
  const int width = job.source.prev.width, height = job.source.prev.height;
  tensors_down<Shape::entry_rows, Shape::entry_width + 4, Shape::entry_height + 4, upscales>(
      tile.warped, tile.first, x, y, job.weights, [&](int r, const flow_tensor& tensor) {
        const int at_x = left + x, at_y = top + y + r, i = (y + r) * Shape::entry_width + x;
        window_entry e{};
        window_sums own{};
        if (at_x >= 0 && at_y >= 0 && at_x < width && at_y < height) {
          e = make_window_entry(tensor, job.rule);
          const int sample = (y + r + 4) * (Shape::entry_width + 8) + x + 4;
          const short2 f = flow_at(job, tile.warped, upscales, sample, n, at_x, at_y);
          add_to_window(own, e, f.x, f.y, 1);
        }
        tile.a11[i] = own.a11;
        tile.a12[i] = own.a12;
        tile.a22[i] = own.a22;
        tile.b1[i] = own.b1;
        tile.b2[i] = own.b2;
      });
}

/// The sum of `side` entries of a row.
template <class Tile>
__device__ __forceinline__ window_sums sum_across(const Tile& tile, int i) {
  window_sums s;
#pragma unroll
  for (int k = 0; k < side; ++k) {
    s.a11 += tile.a11[i + k];
    s.a12 += tile.a12[i + k];
    s.a22 += tile.a22[i + k];
    s.b1 += tile.b1[i + k];
    s.b2 += tile.b2[i + k];
  }
  return s;
}
__device__ __forceinline__ void add(window_sums& s, const window_sums& row) {
  s.a11 += row.a11, s.a12 += row.a12, s.a22 += row.a22, s.b1 += row.b1, s.b2 += row.b2;
}
__device__ __forceinline__ void subtract(window_sums& s, const window_sums& row) {
  s.a11 -= row.a11, s.a12 -= row.a12, s.a22 -= row.a22, s.b1 -= row.b1, s.b2 -= row.b2;
}

template <class Shape, bool upscales>
__global__ void __launch_bounds__(Shape::threads, Shape::blocks)
    warp_window_tiles(const __grid_constant__ window_job job) {
  using tile_type = window_tile<Shape, upscales>;
  FLUXEL_DYNAMIC_SHARED(tile_type, memory);
  tile_type& tile = *memory;
  constexpr int wide = Shape::entry_width + 8, high = Shape::entry_height + 8;
  const int thread = threadIdx.x, n = blockIdx.z;
  const int left = static_cast<int>(blockIdx.x) * Shape::width, top = static_cast<int>(blockIdx.y) * Shape::height;
  const int width = job.source.prev.width, height = job.source.prev.height;
  fill_cubic(tile.warped.cubic, thread);
  if constexpr (upscales)
    fill_places<wide, high, Shape::threads>(job.source, left - reach, top - reach, tile.warped.place, thread);
  __syncthreads();
  fill_tile<wide, high, upscales, Shape::threads, reach>(job.source, n, left - reach, top - reach, thread,
                                                         tile.warped);
  __syncthreads();
  fill_derivatives<wide - 4, high - 4, upscales, Shape::threads>(job.source, left - radius - 2, top - radius - 2,
                                                                 thread, tile.warped, tile.first);
  __syncthreads();
  fill_entries<Shape, upscales>(job, tile, n, left - radius, top - radius, thread);
  __syncthreads();
  const int tile_x = thread % Shape::entry_width, tile_y = thread / Shape::entry_width * Shape::rows;
  const int x = left + tile_x;
  if (tile_x >= Shape::width || tile_y >= Shape::height || x >= width) return;
  window_sums sum, rows[side];  // the last rows of the window
#pragma unroll
  for (int r = 0; r < Shape::rows + 2 * radius; ++r) {
    const window_sums row = sum_across(tile, (tile_y + r) * Shape::entry_width + tile_x);
    if (r >= side) subtract(sum, rows[r % side]);
    add(sum, row);
    rows[r % side] = row;
    const int window = r - 2 * radius, y = top + tile_y + window;
    if (window < 0 || y >= height) continue;
    const int sample = (tile_y + window + reach) * wide + tile_x + reach;
    const short2 before = flow_at(job, tile.warped, upscales, sample, n, x, y);
    const flow_units f = solve_window(sum, before.x, before.y, job.rule);
    const int at = first_of(job.to.u, n) + y * static_cast<int>(job.to.u.pitch) + x;
    job.to.u.data[at] = f.u;
    job.to.v.data[at] = f.v;
  }
}

}  // namespace warp_windows

namespace {

using namespace warp_windows;

/// Whether the current device has the shared memory of a tile.
template <class Shape, bool upscales>
bool fits_device() {
  int device = 0, bytes = 0;
  return cudaGetDevice(&device) == cudaSuccess &&
         cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device) == cudaSuccess &&
         sizeof(window_tile<Shape, upscales>) <= static_cast<std::size_t>(bytes);
}

template <class Shape, bool upscales>
status launch_shape(const window_job& job, const launch_options& options) {
  constexpr std::size_t bytes = sizeof(window_tile<Shape, upscales>), always_allowed = 48 * 1024;
  if (bytes > always_allowed) {
    const status allowed = status_of(cudaFuncSetAttribute(warp_window_tiles<Shape, upscales>,
                                                          cudaFuncAttributeMaxDynamicSharedMemorySize, int{bytes}));
    if (allowed != status::ok) return allowed;
  }
  const plane<const u16>& p = job.source.prev;
  const dim3 grid(divide_up(p.width, Shape::width), divide_up(p.height, Shape::height), p.count);
  return launch<warp_window_tiles<Shape, upscales>>(grid, dim3(Shape::threads), bytes, options.stream, job);
}

/// The fewer pixels, the smaller the tiles: see warp_linearise. The smallest ones fit every device.
template <bool upscales>
status launch_fitting(const window_job& job, const launch_options& options) {
  using wide = window_shape<64, 8, 5, 6>;
  using high = window_shape<32, 8, 5, 6>;
  using low = window_shape<64, 8, 3, 5>;
  using small = window_shape<32, 8, 2, 2>;
  const plane<const u16>& p = job.source.prev;
  const auto pixels = std::int64_t{p.width} * p.height * p.count;
  if constexpr (!upscales)
    if (pixels >= 400'000 && fits_device<wide, upscales>()) return launch_shape<wide, upscales>(job, options);
  if (pixels >= 400'000 && fits_device<high, upscales>()) return launch_shape<high, upscales>(job, options);
  if (pixels >= 80'000 && fits_device<low, upscales>()) return launch_shape<low, upscales>(job, options);
  return launch_shape<small, upscales>(job, options);
}

bool fits_window(const flow_windows& w) {
  return w.radius == radius && w.weights.empty() && w.smaller.data == nullptr;
}

}  // namespace

status warp_solve_windows(const flow_frames& frames, const level_start& start, const warped_frame& warped,
                          const flow_energy& energy, const flow_windows& windows, const flow_exchange& flow,
                          const launch_options& options) {
  if (!fits_tiles(frames, flow.from) || !fits_offsets(flow.to) || !fits_window(windows))
    return warp_solve_windows_in_turn(frames, start, warped, energy, windows, flow, options);
  const window_job job{source_of(frames, start, flow.from), weights_of(energy), windows.rule, flow.to};
  return start.coarse.u.data == nullptr ? launch_fitting<false>(job, options) : launch_fitting<true>(job, options);
}

}  // namespace fluxel::kernels::gpu
