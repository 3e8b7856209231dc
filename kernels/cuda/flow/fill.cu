// SPDX-License-Identifier: Apache-2.0
// The small levels of fill_unknown, in one block for each image.

#include "kernels/common/flow/fill.hpp"
#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int most_levels = 7;  ///< fill_small_side to 1

struct fill_job {
  halve_known_pixel down[most_levels];
  fill_unknown_pixel up[most_levels];
  int count;
};

template <class Body>
__device__ __forceinline__ void run_in_block(const plane<std::int16_t>& p, const Body& body) {
  const int n = static_cast<int>(blockIdx.z);
  for (int i = static_cast<int>(threadIdx.x); i < p.width * p.height; i += flow_threads)
    body(n, i % p.width, i / p.width);
}

__global__ void __launch_bounds__(flow_threads) fill_in_block(const __grid_constant__ fill_job job) {
  for (int i = 0; i < job.count; ++i) {
    run_in_block(job.down[i].to.values.u, job.down[i]);
    __syncthreads();
  }
  for (int i = job.count - 1; i >= 0; --i) {
    run_in_block(job.up[i].fine.u, job.up[i]);
    __syncthreads();
  }
}

}  // namespace

status fill_small(const flow_planes& values, plane<const u8> unknown, std::span<const fill_level> levels,
                  const launch_options& options) {
  fill_job job{.count = static_cast<int>(levels.size())};
  for (std::size_t i = 0; i < levels.size(); ++i) {
    flow_planes fine = i == 0 ? values : levels[i - 1].values;
    if (values.v.data == nullptr) fine.v = {};
    const auto mask = i == 0 ? unknown : plane<const u8>(levels[i - 1].unknown);
    job.down[i] = {fine, mask, levels[i]};
    job.up[i] = {levels[i].values, fine, mask, levels.back().unknown};
  }
  return launch<fill_in_block>(dim3(1, 1, values.u.count), dim3(flow_threads), 0, options.stream, job);
}

}  // namespace fluxel::kernels::gpu
