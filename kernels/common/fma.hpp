#pragma once

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>

#include "kernels/common/hd.hpp"

static_assert(FLT_EVAL_METHOD == 0, "parity needs float expressions evaluated in float");
#if defined(__FAST_MATH__)
#error "parity forbids -ffast-math"
#endif

namespace fluxel::kernels {

/// a * b + c, rounded once.
FLUXEL_HD float fused(float a, float b, float c) {
#if defined(__CUDA_ARCH__)
  return __fmaf_rn(a, b, c);
#elif defined(__FMA__) || defined(__aarch64__)
  return std::fma(a, b, c);
#else
  // libm's software fmaf takes 120 ns. The product is exact in double; the sum is rounded to odd there, which
  // makes the second rounding, to float, the only one that counts (Boldo and Melquiond, 2008).
  const double product = static_cast<double>(a) * b;
  const double sum = product + c;
  const double back = sum - product;
  const double lost = (product - (sum - back)) + (c - back);
  auto bits = std::bit_cast<std::int64_t>(sum);
  if (lost != 0 && lost - lost == 0 && (bits & 1) == 0) bits += (lost > 0) == (sum > 0) ? 1 : -1;
  return static_cast<float>(std::bit_cast<double>(bits));
#endif
}

}  // namespace fluxel::kernels
