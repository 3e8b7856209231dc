// SPDX-License-Identifier: Apache-2.0
// The coarsest levels of dense flow in one launch, a block for each pair of frames: on levels of some thousand pixels
// a step is done sooner than its launch.

#include <algorithm>
#include <array>
#include <cstdlib>

#include "kernels/cuda/flow/coarse_levels/coarse_methods.cuh"

namespace fluxel::kernels::gpu {

// Not unnamed: the record of the machine code goes by the kernels' names.
namespace coarse {

inline constexpr int most_coarse_levels = 12;
/// What every device gives a block without being asked, less what is shared besides.
inline constexpr int most_shared_bytes = 48 * 1024 - 64;
inline constexpr int cubic_bytes = flow_one * sizeof(int4);

struct level_source {
  plane<const u16> prev, next;
  upscale_rule upscale;  ///< from the level before
};

/// Levels are coarsest first here.
template <class Method>
struct coarse_job {
  Method method;
  data_term_weights weights;
  level_source level[most_coarse_levels];
  int levels;
  int twice;  ///< the level that is solved from zero or `alone` as well; -1: none
  bool from_zero;
  flow_planes first, alone;  ///< read unless from_zero
  flow_planes out;
  int warps, medians;
};

/// A multiple of 16: what lies behind it is aligned.
template <class Method>
__host__ __device__ constexpr int work_bytes(int width, int height) {
  const int median = median_bytes(width, height), places = place_bytes(width, height),
            own = Method::bytes * padded(width * height);
  const int most = median > places ? median : places;
  return padded(most > own ? most : own);
}
constexpr int flow_bytes(int width, int height) { return static_cast<int>(sizeof(short2)) * padded(width * height); }

/// Shared memory: the table of weights; two flows, of the last level and of that before it, in which the levels take
/// turns; and working memory, where the second flow of a level that is solved twice lies too.
template <class Method>
int bytes_of_levels(std::span<const size> sizes, std::size_t twice) {  // finest first
  int work = 0;
  for (std::size_t l = 0; l < sizes.size(); ++l) {
    const int own = work_bytes<Method>(sizes[l].width, sizes[l].height);
    work = std::max(work, l == twice ? 2 * own + flow_bytes(sizes[l].width, sizes[l].height) : own);
  }
  int flows = 0;
  for (std::size_t l = 0; l < std::min<std::size_t>(sizes.size(), 2); ++l)
    flows += flow_bytes(sizes[l].width, sizes[l].height);
  return cubic_bytes + flows + work;
}

/// Level i of image n, as the team `half` has it.
template <class Method>
__device__ __forceinline__ level level_of(const coarse_job<Method>& job, unsigned char* memory, int i, int half,
                                          int n) {
  const auto image = [n](plane<const u16> p) {
    p.data += n * p.stride;
    return p;
  };
  const level_source& source = job.level[i];
  const int width = source.prev.width, height = source.prev.height;
  const plane<const u16>& last = job.level[job.levels - 1].prev;
  unsigned char* const flows = memory + cubic_bytes;
  unsigned char* const other = flows + sizeof(short2) * padded(last.width * last.height);
  unsigned char* work = other;
  if (job.levels > 1) {
    const plane<const u16>& before = job.level[job.levels - 2].prev;
    work += sizeof(short2) * padded(before.width * before.height);
  }
  unsigned char* flow = (job.levels - 1 - i) % 2 == 0 ? flows : other;
  if (half == 1) {
    flow = work + 2 * work_bytes<Method>(width, height);
    work += work_bytes<Method>(width, height);
  }
  return {image(source.prev),
          image(source.next),
          width,
          height,
          reinterpret_cast<short2*>(flow),
          work,
          reinterpret_cast<const int4*>(memory)};
}

/// From planes in memory, or no motion.
__device__ __forceinline__ void load_flow(const flow_planes* from, const level& l, const team& own, int n) {
  every_pixel_of(l, own, [&](int i, int x, int y) {
    l.flow[i] = from == nullptr
                    ? make_short2(0, 0)
                    : make_short2(kernels::pixel_at(from->u, n, x, y), kernels::pixel_at(from->v, n, x, y));
  });
}

/// Puts the second half's flow in place of the first one's where it makes the frames no less alike.
__device__ __forceinline__ void choose(const level& first, const level& second, int* gain) {
  const team all{static_cast<int>(threadIdx.x), block_threads};
  if (all.thread == 0) gain[0] = 0;
  __syncthreads();
  int sum = 0;
  every_pixel_of(first, all, [&](int i, int, int) {
    if (first.known()[i] && second.known()[i]) sum += abs(second.change()[i]) - abs(first.change()[i]);
  });
  atomicAdd(gain, sum);
  __syncthreads();
  if (gain[0] <= 0) every_pixel_of(first, all, [&](int i, int, int) { first.flow[i] = second.flow[i]; });
  __syncthreads();
}

template <class Method>
__global__ void __launch_bounds__(block_threads, 1) solve_levels(const __grid_constant__ coarse_job<Method> job) {
  FLUXEL_DYNAMIC_SHARED(unsigned char, memory);
  FLUXEL_SHARED(int, gain, [1]);
  const int thread = static_cast<int>(threadIdx.x), n = static_cast<int>(blockIdx.x);
  fill_cubic(reinterpret_cast<int4*>(memory), thread);
  for (int i = 0; i < job.levels; ++i) {
    constexpr int half_threads = block_threads / 2;
    const bool twice = i == job.twice;
    const int half = twice ? thread / half_threads : 0;
    const team own = twice ? team{thread % half_threads, half_threads} : team{thread, block_threads};
    const level l = level_of(job, memory, i, half, n);
    const bool from_coarser = i > 0 && half == 0;
    if (from_coarser) find_places(job.level[i].upscale, l, own);
    __syncthreads();
    if (from_coarser)
      upscale(job.level[i].upscale, level_of(job, memory, i - 1, 0, n).flow, l, own);
    else
      load_flow(job.from_zero ? nullptr : half == 0 ? &job.first : &job.alone, l, own, n);
    __syncthreads();
    for (int w = 0; w < job.warps; ++w) {
      warp(l, own);
      __syncthreads();
      find_derivatives(l, own);
      job.method.beside_derivatives(l, own);
      __syncthreads();
      job.method.update(l, own, job.weights);
      __syncthreads();
      for (int m = 0; m < job.medians; ++m) {
        filter_median(l, own);
        __syncthreads();
      }
    }
    if (twice) {
      warp(l, own);
      choose(level_of(job, memory, i, 0, n), level_of(job, memory, i, 1, n), gain);
    }
  }
  const level last = level_of(job, memory, job.levels - 1, 0, n);
  every_pixel_of(last, {thread, block_threads}, [&](int i, int x, int y) {
    kernels::pixel_at(job.out.u, n, x, y) = last.flow[i].x;
    kernels::pixel_at(job.out.v, n, x, y) = last.flow[i].y;
  });
}

}  // namespace coarse

namespace {

using namespace coarse;

bool takes(const coarse_level_rule& rule) {
  if (rule.median_radius != medians::radius) return false;
  const flow_windows& w = rule.window;
  if (rule.windows)
    return w.radius == window_method::radius && w.weights.empty() && w.smaller.data == nullptr && w.rule.finer == 1;
  return rule.relaxation.omega.size() <= coarse::most_half_sweeps && rule.relaxation.finer == 1;
}

bool fit(std::span<const size> sizes, std::size_t twice, bool windows) {
  const int bytes =
      windows ? bytes_of_levels<window_method>(sizes, twice) : bytes_of_levels<system_method>(sizes, twice);
  return bytes <= most_shared_bytes;
}

template <class Method>
status solve_by(const Method& method, const coarse_levels& levels, const coarse_level_rule& rule,
                const launch_options& options) {
  coarse_job<Method> job{.method = method, .weights = weights_of(rule.energy)};
  const std::size_t count = levels.levels.size();
  const bool twice = levels.alone.u.data != nullptr;
  std::array<size, most_coarse_levels> sizes;
  for (std::size_t l = 0; l < count; ++l) {
    const coarse_level& from = levels.levels[l];
    level_source& to = job.level[count - 1 - l];
    sizes[l] = {from.flow.u.width, from.flow.u.height};
    to.prev = from.frames.prev;
    to.next = from.frames.next;
    if (l + 1 == count) continue;
    const upscale_flow_pixel up(levels.levels[l + 1].flow, from.flow);
    to.upscale = {up.coarse, up.across, up.along, up.growth_u, up.growth_v};
  }
  job.levels = static_cast<int>(count);
  job.twice = twice ? static_cast<int>(count - 1 - levels.alone_at) : -1;
  job.from_zero = levels.from_zero;
  job.first = levels.levels.back().flow;
  job.alone = levels.alone;
  job.out = levels.levels.front().flow;
  job.warps = rule.warps;
  job.medians = rule.median_passes;
  const int bytes = bytes_of_levels<Method>({sizes.data(), count}, twice ? levels.alone_at : count);
  return launch<solve_levels<Method>>(dim3(job.out.u.count), dim3(block_threads), bytes, options.stream, job);
}

}  // namespace

std::size_t count_coarse_levels(std::span<const size> sizes, std::size_t alone_at, const coarse_level_rule& rule) {
  if (!takes(rule)) return 0;
  std::size_t first = sizes.size();
  while (first > 0 && sizes.size() - first < most_coarse_levels) {
    const std::size_t l = first - 1;
    constexpr int longest = 4096;  // products of sides stay small
    if (sizes[l].width > longest || sizes[l].height > longest) break;
    if (!owns(sizes[l].width, sizes[l].height, l == alone_at ? block_threads / 2 : block_threads)) break;
    if (!fit(sizes.subspan(l), alone_at < l ? sizes.size() : alone_at - l, rule.windows)) break;
    first = l;
  }
  return sizes.size() - first;
}

status solve_coarse_levels(const coarse_levels& levels, const coarse_level_rule& rule,
                           const launch_options& options) {
  if (!takes(rule) || levels.levels.empty() || levels.levels.size() > most_coarse_levels) return status::unsupported;
  if (rule.windows) return solve_by(window_method{rule.window.rule}, levels, rule, options);
  const std::span<const float> table = rule.edges.table, omega = rule.relaxation.omega;
  system_method method{.smoothness = rule.energy.smoothness,
                       .edges = table.data(),
                       .last_edge = static_cast<int>(table.size()) - 1,
                       .inverse_flow_scale = rule.edges.inverse_flow_scale,
                       .limit = rule.relaxation.limit,
                       .half_sweeps = static_cast<int>(omega.size())};
  std::copy(omega.begin(), omega.end(), method.omega);
  return solve_by(method, levels, rule, options);
}

}  // namespace fluxel::kernels::gpu
