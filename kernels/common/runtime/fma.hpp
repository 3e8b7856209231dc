// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>

#include "kernels/common/runtime/hd.hpp"

static_assert(FLT_EVAL_METHOD == 0, "parity needs float expressions evaluated in float");
#if defined(__FAST_MATH__)
#error "parity forbids -ffast-math"
#endif

namespace fluxel::kernels {

/// a * b + c, rounded once.
FLUXEL_HD float fused(float a, float b, float c) {
#if defined(__CUDA_ARCH__)
  return __fmaf_rn(a, b, c);
#else
  // The builtin, so that a caller compiled for a wider instruction set gets that set's instruction when this is
  // inlined; without one it is libm's.
  return __builtin_fmaf(a, b, c);
#endif
}

}  // namespace fluxel::kernels
