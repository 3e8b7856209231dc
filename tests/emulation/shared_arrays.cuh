// SPDX-License-Identifier: Apache-2.0
#pragma once

// How test kernels declare shared arrays when nvcc compiles them.

#if !defined(FLUXEL_SHARED)
#define FLUXEL_SHARED(type, name, dims) __shared__ type name dims
#define FLUXEL_DYNAMIC_SHARED(type, name)                       \
  extern __shared__ __align__(16) unsigned char name##_bytes[]; \
  type* const name = reinterpret_cast<type*>(name##_bytes)
#endif
