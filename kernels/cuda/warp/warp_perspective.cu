// SPDX-License-Identifier: Apache-2.0
// Warps by a matrix on the device: one pixel of a plane per thread, which computes its position in double.

#include "kernels/common/warp/perspective.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/runtime/device.cuh"
#include "kernels/cuda/warp/warp_perspective.cuh"

namespace fluxel::kernels {

namespace gpu {
namespace {

constexpr int perspective_lanes = 32, perspective_rows = 8;
constexpr int most_rows_of_blocks = 65535, most_slices = 65535;

/// First row of blocks and first plane of a launch: grids have limits.
struct perspective_part {
  int first_y, first_slice;
};

template <class T>
__global__ void __launch_bounds__(perspective_lanes* perspective_rows)
    warp_perspective_pixels(const __grid_constant__ perspective_job job,
                            const __grid_constant__ perspective_part part) {
  const int x = static_cast<int>(blockIdx.x) * perspective_lanes + static_cast<int>(threadIdx.x);
  const int y = part.first_y + static_cast<int>(blockIdx.y) * perspective_rows + static_cast<int>(threadIdx.y);
  if (x >= job.dst.width || y >= job.dst.height) return;
  const int slice = part.first_slice + static_cast<int>(blockIdx.z);
  perspective_pixel<T>(job, slice / job.dst.planes, slice % job.dst.planes, x, y);
}

template <class T>
status warp_image(const perspective_job& job, CUstream_st* stream) {
  const image& dst = job.dst;
  const int rows = divide_up(dst.height, perspective_rows), slices = dst.count * dst.planes;
  for (int slice = 0; slice < slices; slice += most_slices)
    for (int row = 0; row < rows; row += most_rows_of_blocks) {
      const dim3 grid(divide_up(dst.width, perspective_lanes), std::min(rows - row, most_rows_of_blocks),
                      std::min(slices - slice, most_slices));
      const status s = launch<warp_perspective_pixels<T>>(grid, dim3(perspective_lanes, perspective_rows), 0, stream,
                                                          job, perspective_part{row * perspective_rows, slice});
      if (s != status::ok) return s;
    }
  return status::ok;
}

status warp_perspective(const perspective_job& job, element_type type, const launch_options& options) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return warp_image<T>(job, options.stream); });
}

}  // namespace
}  // namespace gpu

const warp_perspective_functions cuda_warp_perspective_functions{gpu::warp_perspective};

}  // namespace fluxel::kernels
