// Chebyshev-Jacobi sweeps, several per pass over memory: a block keeps a tile of the iterates in shared memory and
// the tile's equations in registers, and repeats of its neighbours what the sweeps of the pass reach.

#include "kernels/cuda/flow.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int sweeps_per_pass = 4;
constexpr int interior = 32;
constexpr int side = interior + 2 * sweeps_per_pass;
constexpr int pixels_per_thread = (side * side + flow_threads - 1) / flow_threads;

struct iterates {
  plane<float> u, v, u_before, v_before;
};

struct start_job {
  flow_planes flow;
  iterates to;
};

__global__ void __launch_bounds__(flow_threads) start_sweeps(start_job job) {
  const pixel at = pixel_of_thread();
  if (!inside(at, job.flow.u)) return;
  const float u = flow_to_float(element(job.flow.u, at)), v = flow_to_float(element(job.flow.v, at));
  element(job.to.u, at) = u;
  element(job.to.v, at) = v;
  element(job.to.u_before, at) = u;
  element(job.to.v_before, at) = v;
}

struct finish_job {
  iterates from;
  flow_planes flow;
  int limit;
};

__global__ void __launch_bounds__(flow_threads) finish_sweeps(finish_job job) {
  const pixel at = pixel_of_thread();
  if (!inside(at, job.flow.u)) return;
  std::int16_t& u = element(job.flow.u, at);
  std::int16_t& v = element(job.flow.v, at);
  u = quantise_flow(element(job.from.u, at), u, job.limit);
  v = quantise_flow(element(job.from.v, at), v, job.limit);
}

struct sweep_job {
  flow_system system;
  iterates from, to;
  int sweeps;
  float omega[sweeps_per_pass];
};

/// One pixel of the tile in registers: its equation, and the weights to its four neighbours.
struct tile_pixel {
  flow_equation equation;
  float left, right, up, down;
};

__device__ __forceinline__ tile_pixel load_pixel(const flow_system& s, const pixel& at) {
  return {{element(s.i11, at), element(s.i12, at), element(s.i22, at), element(s.c1, at), element(s.c2, at)},
          at.x > 0 ? element(s.right, {at.n, at.x - 1, at.y}) : 0.0f,
          element(s.right, at),
          at.y > 0 ? element(s.down, {at.n, at.x, at.y - 1}) : 0.0f,
          element(s.down, at)};
}

/// The neighbours' weighted sum. Outside the tile any value serves: it belongs to pixels that are not written.
__device__ __forceinline__ float sum_in_tile(const float* f, int i, const tile_pixel& p) {
  const int x = i % side, y = i / side;
  return neighbour_sum(p.left, f[x > 0 ? i - 1 : i], p.right, f[x + 1 < side ? i + 1 : i], p.up,
                       f[y > 0 ? i - side : i], p.down, f[y + 1 < side ? i + side : i]);
}

__global__ void __launch_bounds__(flow_threads) sweep_tile(sweep_job job) {
  FLUXEL_SHARED(float, u, [2][side * side]);
  FLUXEL_SHARED(float, v, [2][side * side]);
  const int thread = threadIdx.y * flow_block_x + threadIdx.x;
  const int left = static_cast<int>(blockIdx.x) * interior - sweeps_per_pass;
  const int top = static_cast<int>(blockIdx.y) * interior - sweeps_per_pass;
  const int width = job.from.u.width, height = job.from.u.height;
  tile_pixel mine[pixels_per_thread];
  for (int k = 0; k < pixels_per_thread; ++k) {
    const int i = thread + k * flow_threads;
    if (i >= side * side) continue;
    const pixel at{static_cast<int>(blockIdx.z), left + i % side, top + i / side};
    const bool real = at.x >= 0 && at.y >= 0 && at.x < width && at.y < height;
    mine[k] = real ? load_pixel(job.system, at) : tile_pixel{};
    u[0][i] = real ? element(job.from.u, at) : 0.0f;
    v[0][i] = real ? element(job.from.v, at) : 0.0f;
    u[1][i] = real ? element(job.from.u_before, at) : 0.0f;
    v[1][i] = real ? element(job.from.v_before, at) : 0.0f;
  }
  __syncthreads();
  int now = 0;
  for (int s = 0; s < job.sweeps; ++s) {
    for (int k = 0; k < pixels_per_thread; ++k) {
      const int i = thread + k * flow_threads;
      if (i >= side * side) continue;
      const auto next =
          flow_jacobi(mine[k].equation, sum_in_tile(u[now], i, mine[k]), sum_in_tile(v[now], i, mine[k]));
      u[1 - now][i] = chebyshev_step(u[1 - now][i], next.u, job.omega[s]);
      v[1 - now][i] = chebyshev_step(v[1 - now][i], next.v, job.omega[s]);
    }
    __syncthreads();
    now = 1 - now;
  }
  for (int i = thread; i < interior * interior; i += flow_threads) {
    const int tx = sweeps_per_pass + i % interior, ty = sweeps_per_pass + i / interior;
    const pixel at{static_cast<int>(blockIdx.z), left + tx, top + ty};
    if (at.x >= width || at.y >= height) continue;
    element(job.to.u, at) = u[now][ty * side + tx];
    element(job.to.v, at) = v[now][ty * side + tx];
    element(job.to.u_before, at) = u[1 - now][ty * side + tx];
    element(job.to.v_before, at) = v[1 - now][ty * side + tx];
  }
}

status run_pass(const sweep_job& job, const execution& how) {
  const plane<float>& p = job.from.u;
  const dim3 grid(divide_up(p.width, interior), divide_up(p.height, interior), p.count);
  return launch<sweep_tile>(grid, dim3(flow_block_x, flow_block_y), 0, how.stream, job);
}

}  // namespace

status relax(const flow_system& system, const flow_relaxation& how_far, std::span<const plane<float>, 8> scratch,
             const flow_planes& flow, const execution& how) {
  iterates now{scratch[0], scratch[1], scratch[2], scratch[3]}, next{scratch[4], scratch[5], scratch[6], scratch[7]};
  status result = launch_pixels<start_sweeps>(flow.u, how, start_job{flow, now});
  const int total = static_cast<int>(how_far.omega.size());
  for (int done = 0; done < total && result == status::ok; done += sweeps_per_pass) {
    sweep_job job{system, now, next, total - done < sweeps_per_pass ? total - done : sweeps_per_pass, {}};
    for (int s = 0; s < job.sweeps; ++s) job.omega[s] = how_far.omega[done + s];
    result = run_pass(job, how);
    std::swap(now, next);
  }
  if (result != status::ok) return result;
  return launch_pixels<finish_sweeps>(flow.u, how, finish_job{now, flow, how_far.limit});
}

}  // namespace fluxel::kernels::gpu
