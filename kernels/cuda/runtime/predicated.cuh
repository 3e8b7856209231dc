// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/common/runtime/fma.hpp"
#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels::gpu {

/// sum = fused(a, b, sum) where `condition` is not 0. One predicated instruction: a test around many of them would
/// become a branch, across which the compiler moves no loads.
__device__ __forceinline__ void fuse_if(std::uint32_t condition, float a, float b, float& sum) {
#if defined(__CUDACC__)
  asm("{\n\t.reg .pred p;\n\tsetp.ne.u32 p, %3, 0;\n\t@p fma.rn.f32 %0, %1, %2, %0;\n\t}"
      : "+f"(sum)
      : "f"(a), "f"(b), "r"(condition));
#else
  if (condition != 0) sum = fused(a, b, sum);
#endif
}

}  // namespace fluxel::kernels::gpu
