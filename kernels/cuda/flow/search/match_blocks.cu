// SPDX-License-Identifier: Apache-2.0
// Block matching on the device, there and back at once: how a window differs from one of the other frame is the same
// number from either side. A warp has a part of the previous frame and a row of displacements; the best of all rows
// is an atomic minimum of block_match::key, in any order.

#include "kernels/cuda/flow/search/search_tile.cuh"

namespace fluxel::kernels::gpu {

namespace {

using namespace block_search;
using key_plane = plane<unsigned long long>;

constexpr int lanes = 32;
constexpr int warps = 2;
constexpr int search_threads = lanes * warps;
constexpr int most_pairs = 8;  ///< of rows of a warp
constexpr int most_places = static_cast<int>(place_unit);

struct search_job {
  plane<const u8> prev, next;
  key_plane forward, backward;
  int first_dx, last_dx;       ///< both signs of a displacement, or one: see place_of
  int radius, rows_of_blocks;  ///< of displacements: -radius to radius, so many of them in a block
  int strips;                  ///< of a warp, side by side; the frame is as wide as they are, or wider

  __host__ __device__ int steps() const { return (last_dx - first_dx + columns) / columns * columns; }
  __host__ __device__ int width() const { return strip * strips; }  ///< of a block
  __host__ __device__ int pairs_of_warp() const { return lanes / strips < most_pairs ? lanes / strips : most_pairs; }
  __host__ __device__ int rows_of_warp() const { return 2 * pairs_of_warp(); }
  __host__ __device__ int height() const { return warps * rows_of_warp(); }
  __host__ __device__ int parts() const { return (2 * radius + rows_of_blocks) / rows_of_blocks; }

  __host__ __device__ int tile_width() const { return width() + steps() + columns - strip - 1; }
  __host__ __device__ int tile_height() const { return height() + rows_of_blocks; }
  __host__ __device__ int found_other() const { return steps() + width(); }
  __host__ __device__ int found_pitch() const { return found_other() + width(); }
  __host__ __device__ std::size_t shared_bytes() const {
    return sizeof(word) *
           (tile_width() * (tile_height() + 2) + static_cast<int>(place_unit) + height() * found_pitch());
  }

  /// In the order of block_match among those of a row: 0, -1, 1, -2, 2...; of one sign 0, 1, 2...
  __device__ bool one_sign() const { return first_dx >= 0 || last_dx <= 0; }
  __device__ word place_of(int dx) const {
    if (one_sign()) return static_cast<word>(dx < 0 ? -dx : dx);
    return static_cast<word>(2 * dx ^ dx >> 31);
  }
};

/// A warp's rows: pairs of them for each group of `strips` lanes. Groups beyond most_pairs repeat others, and write
/// nothing.
struct warp_place {
  int n, left, top;
  int lane, strip_of_lane, pair;
  bool writes;

  __device__ warp_place(const search_job& job, int n, int left, int top_of_block)
      : n(n),
        left(left),
        top(top_of_block + static_cast<int>(threadIdx.y) * job.rows_of_warp()),
        lane(static_cast<int>(threadIdx.x)),
        strip_of_lane(lane % job.strips),
        pair(lane / job.strips % job.pairs_of_warp()),
        writes(lane / job.strips < job.pairs_of_warp()) {}
};

/// Shared memory of a block.
struct search_memory {
  word_tile tile;  ///< of the other frame
  word* added;     ///< by each of its columns: windows reach block_radius beyond the frame, and no farther
  word* places;    ///< of the displacements
  word* ranks;     ///< by place: what a displacement adds to block_match::key beside that of (0, dy)
  word* found;     ///< by each warp: for the pixels of a row behind those for the pixels of the other frame

  __device__ search_memory(const search_job& job, word* words)
      : tile{words, job.tile_width()},
        added(tile.row(job.tile_height())),
        places(added + tile.width),
        ranks(places + tile.width),
        found(ranks + place_unit) {}

  __device__ void fill_tables(const search_job& job, int left, int thread) const {
    for (int i = thread; i < tile.width; i += search_threads) {
      const int x = left + i, dx = job.first_dx + i;
      added[i] = x >= -block_radius && x < job.next.width + block_radius ? 0 : outside;
      places[i] = dx <= job.last_dx ? job.place_of(dx) : not_tried;
      if (dx <= job.last_dx)
        ranks[places[i]] = static_cast<word>(block_match::of(0, dx, 0, 1).key - block_match::of(0, 0, 0, 1).key);
    }
  }
};

/// Over the displacements of a row; `y`: the tile's row where the windows of the warp's first pair begin.
__device__ void search_row(const search_job& job, const warp_place& at, const strip_windows& own,
                           const search_memory& memory, int y, word* found) {
  const bool puts = at.strip_of_lane == 0 && at.writes, last_strip = at.strip_of_lane == job.strips - 1;
  const int row = y + 2 * at.pair, pitch = job.found_pitch();
  int x = strip * at.strip_of_lane;
  word* const of_pair = found + 2 * at.pair * pitch;
  const word_tile& tile = memory.tile;
  const word* const added = memory.added;
  moving_windows other{};
#pragma unroll
  for (int i = 0; i + 1 < columns; ++i) other.take(window_column::at(tile, row, x + i), added[x + i], i + columns);
  best_words above, below;
#pragma unroll 1
  for (int step = 0; step < job.steps(); step += columns) {
#pragma unroll
    for (int turn = 0; turn < columns; turn += 2) {
      found_words words[2];
#pragma unroll
      for (int k = 0; k < 2; ++k) {
        const int last = columns - 1 + turn + k;
        other.take(window_column::at(tile, row, x + last), added[x + last], last);
        words[k].compare(own, other, turn + k, memory.places[step + turn + k]);
      }
      auto put = [&](word* to) {
        return [=](int i, word done) {
          if (puts) to[step + turn + i] = done;
        };
      };
      above.take(words[0].above, words[1].above, turn, job.strips, last_strip, put(of_pair));
      below.take(words[0].below, words[1].below, turn, job.strips, last_strip, put(of_pair + pitch));
    }
    x += columns;
  }
  if (!at.writes) return;
  x = strip * at.strip_of_lane;
#pragma unroll
  for (int i = 0; i < strip; ++i) {
    of_pair[job.steps() + x + i] = above.other[i], of_pair[pitch + job.steps() + x + i] = below.other[i];
    of_pair[job.found_other() + x + i] = above.own[i], of_pair[pitch + job.found_other() + x + i] = below.own[i];
  }
}

/// What a warp has found for the displacements of a row.
__device__ void keep_best(const search_job& job, const search_memory& memory, const warp_place& at, int dy,
                          const word* found) {
  const std::uint64_t of_row = block_match::of(0, 0, dy, 1).key;
  const auto keep = [&](const word* from, int count, unsigned long long* best) {
    for (int k = at.lane; k < count; k += lanes) {
      const word w = from[k];
      if (w > most_found) continue;
      const word rank = static_cast<word>(of_row) + memory.ranks[w % place_unit];
      atomicMin(best + k, static_cast<unsigned long long>(w / place_unit) << 32 | rank);
    }
  };
  for (int i = 0; i < job.rows_of_warp(); ++i) {
    const int y = at.top + i, to_y = y + dy;
    if (y >= job.prev.height || to_y < 0 || to_y >= job.next.height) continue;
    const word* const row = found + i * job.found_pitch();
    keep(row, job.found_other(), row_at(job.backward, at.n, to_y) + at.left + job.first_dx);
    keep(row + job.found_other(), job.width(), row_at(job.forward, at.n, y) + at.left);
  }
}

/// Blocks lie one behind the other in z: images, and in each the rows of displacements.
__global__ void __launch_bounds__(search_threads, 6) search_rows(const __grid_constant__ search_job job) {
  FLUXEL_DYNAMIC_SHARED(word, words);
  const int n = static_cast<int>(blockIdx.z) / job.parts();
  const int first_dy = static_cast<int>(blockIdx.z) % job.parts() * job.rows_of_blocks - job.radius;
  // The last blocks of a row begin earlier instead of reaching beyond the frame: what is found twice does no harm.
  const int left = min(static_cast<int>(blockIdx.x) * job.width(), job.prev.width - job.width());
  const int top = static_cast<int>(blockIdx.y) * job.height();
  const int thread = static_cast<int>(threadIdx.y * lanes + threadIdx.x);
  const int warp = static_cast<int>(threadIdx.y);
  const warp_place at(job, n, left, top);
  const search_memory memory(job, words);
  const word_tile own_tile{words, job.width() + columns - strip};
  own_tile.load(job.prev, n, left - block_radius, top - block_radius, job.height() + 1, thread, search_threads);
  __syncthreads();
  strip_windows own;
  own.load(own_tile, warp * job.rows_of_warp() + 2 * at.pair, strip * at.strip_of_lane);
  __syncthreads();
  const int other_left = left + job.first_dx - block_radius;
  memory.tile.load(job.next, n, other_left, top + first_dy - block_radius, job.tile_height(), thread, search_threads);
  memory.fill_tables(job, other_left, thread);
  __syncthreads();
  word* const found = memory.found + warp * job.rows_of_warp() * job.found_pitch();
  for (int d = 0; d < job.rows_of_blocks; ++d) {
    const int dy = first_dy + d;
    const bool meets = at.top < job.prev.height && at.top + dy < job.next.height &&
                       at.top + job.rows_of_warp() + dy > 0 && dy <= job.radius;
    if (!meets) continue;  // whole warps
    search_row(job, at, own, memory, warp * job.rows_of_warp() + d, found);
    __syncwarp();
    keep_best(job, memory, at, dy, found);
    __syncwarp();
  }
}

/// Frames that are not as wide as a strip.
struct narrow_job {
  match_pixel there, back;
};
__global__ void __launch_bounds__(flow_threads) match_narrow(const __grid_constant__ narrow_job job) {
  const pixel at = pixel_of_thread();
  if (!inside(at, job.there.best.u)) return;
  job.there(at.n, at.x, at.y);
  job.back(at.n, at.x, at.y);
}

struct match_job {
  key_plane forward, backward;
  flow_planes there, back;
};

__global__ void __launch_bounds__(flow_threads) clear_keys(const __grid_constant__ match_job job) {
  const pixel at = pixel_of_thread();
  if (inside(at, job.forward)) pixel_at(job.forward, at) = pixel_at(job.backward, at) = block_match().key;
}

__global__ void __launch_bounds__(flow_threads) store_matches(const __grid_constant__ match_job job) {
  const pixel at = pixel_of_thread();
  if (!inside(at, job.forward)) return;
  const block_match there{pixel_at(job.forward, at)}, back{pixel_at(job.backward, at)};
  pixel_at(job.there.u, at) = static_cast<std::int16_t>(there.x(1) * flow_one);
  pixel_at(job.there.v, at) = static_cast<std::int16_t>(there.y(1) * flow_one);
  pixel_at(job.back.u, at) = static_cast<std::int16_t>(back.x(-1) * flow_one);
  pixel_at(job.back.v, at) = static_cast<std::int16_t>(back.y(-1) * flow_one);
}

/// A grid has at most 65,535 blocks in z: few images at a time.
status search(const search_job& job, const launch_options& options) {
  const plane<const u8>& p = job.prev;
  const int most = 65535 / job.parts();
  status result = status::ok;
  for (int n = 0; n < p.count && result == status::ok; n += most) {
    search_job part = job;
    part.prev.data += n * p.stride;
    part.next.data += n * job.next.stride;
    part.forward.data += n * job.forward.stride;
    part.backward.data += n * job.backward.stride;
    const int count = p.count - n < most ? p.count - n : most;
    const dim3 grid(divide_up(p.width, job.width()), divide_up(p.height, job.height()), job.parts() * count);
    result = launch<search_rows>(grid, dim3(lanes, warps), job.shared_bytes(), options.stream, part);
  }
  return result;
}

/// Wide parts repeat less of the other frame, narrow ones waste less of a small frame; long rows of displacements
/// leave shared memory for wide ones alone. Few blocks are given a row of displacements each, many more.
search_job job_of(plane<const u8> prev, plane<const u8> next, int radius, const key_plane& forward,
                  const key_plane& backward) {
  search_job job{prev, next, forward, backward, -radius, radius, radius, 1, 1};
  constexpr int wide = 8, narrow = 4, small_frame = 96, small_radius = 32;
  const int most = prev.width > small_frame || radius > small_radius ? wide : narrow;
  while (2 * job.strips <= most && 2 * job.width() <= prev.width) job.strips *= 2;
  constexpr std::int64_t busy = 1000;  // blocks
  const auto blocks = std::int64_t{divide_up(prev.width, job.width())} * divide_up(prev.height, job.height()) *
                      prev.count * (2 * radius + 1);
  if (blocks >= busy) job.rows_of_blocks = 2;
  return job;
}

/// Into keys that have been cleared. Rows with more displacements than places are searched in halves.
status search_rows_of(search_job job, const launch_options& options) {
  if (2 * job.radius < most_places) return search(job, options);
  job.last_dx = 0;
  const status left = search(job, options);
  job.first_dx = 1, job.last_dx = job.radius;
  return left == status::ok ? search(job, options) : left;
}

}  // namespace

status match_blocks(plane<const u8> prev, plane<const u8> next, int radius, plane<std::uint64_t> keys,
                    const flow_planes& forward, const flow_planes& backward, const launch_options& options) {
  if (prev.width < strip)
    return launch_pixels<match_narrow>(
        prev, options, narrow_job{{prev, next, radius, 1, forward}, {next, prev, radius, -1, backward}});
  key_plane there{
      reinterpret_cast<unsigned long long*>(keys.data), prev.width, keys.height, keys.pitch, keys.count, keys.stride};
  key_plane back = there;
  back.data += prev.width;
  const match_job job{there, back, forward, backward};
  status result = launch_pixels<clear_keys>(there, options, job);
  if (result == status::ok) result = search_rows_of(job_of(prev, next, radius, there, back), options);
  return result == status::ok ? launch_pixels<store_matches>(there, options, job) : result;
}

}  // namespace fluxel::kernels::gpu
