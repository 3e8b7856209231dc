// SPDX-License-Identifier: Apache-2.0
#pragma once

// Conversions between storage and f32 as the device has them: one instruction each way for f16. IEEE 754 defines
// them to the bits of kernels/common/runtime/convert.hpp, NaN payloads aside.

#include "kernels/common/runtime/convert.hpp"
#include "kernels/cuda/runtime/device.cuh"

#if defined(__CUDACC__)
#include <cuda_fp16.h>
#endif

namespace fluxel::kernels::gpu {

template <class T>
__device__ __forceinline__ float widen(T v) {
  return to_float(v);
}
template <class T>
__device__ __forceinline__ T narrow(float v) {
  return from_float<T>(v);
}
#if defined(__CUDACC__)
template <>
__device__ __forceinline__ float widen(f16 v) {
  return __half2float(__ushort_as_half(v.bits));
}
template <>
__device__ __forceinline__ f16 narrow(float v) {
  return f16{__half_as_ushort(__float2half_rn(v))};
}
#endif

}  // namespace fluxel::kernels::gpu
