// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sorted lists of flow vectors: u and v are sorted each for itself, packed in the halves of a word.

#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels::gpu {

namespace lists {
using value = unsigned;  // u in the lower half, v in the upper
__device__ __forceinline__ value smaller(value a, value b) { return __vmins2(a, b); }
__device__ __forceinline__ value larger(value a, value b) { return __vmaxs2(a, b); }
#define FLUXEL_LIST_INLINE __device__ __forceinline__
#define FLUXEL_LIST_UNROLL
#include "kernels/common/flow/sorted_lists.inc"
#undef FLUXEL_LIST_UNROLL
#undef FLUXEL_LIST_INLINE
}  // namespace lists

struct median_job {
  flow_planes in, out;
};

/// The vector at any place: beyond the border the frame is reflected.
__device__ __forceinline__ lists::value packed_vector(const flow_planes& f, int n, int x, int y) {
  const pixel at{n, reflect_index(x, f.u.width), reflect_index(y, f.u.height)};
  return static_cast<u16>(pixel_at(f.u, at)) | static_cast<unsigned>(static_cast<u16>(pixel_at(f.v, at))) << 16;
}

status median_7x7(const flow_planes& in, const flow_planes& out, const launch_options& options);
/// `between` is used when two launches are faster.
status median_7x7_twice(const flow_planes& in, const flow_planes& between, const flow_planes& out,
                        const launch_options& options);

}  // namespace fluxel::kernels::gpu
