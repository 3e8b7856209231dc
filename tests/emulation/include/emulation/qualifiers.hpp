// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulation/scheduler.hpp"

#define __global__ __attribute__((noinline))
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(n) alignas(n)

// Plain __shared__ is not defined: shared arrays are declared by these two, so that each block has its own.
#define FLUXEL_SHARED(type, name, dims) \
  static constinit char name##_key = 0; \
  typedef type name##_type dims;        \
  name##_type& name =                   \
      *static_cast<name##_type*>(emulation::shared_array(&name##_key, sizeof(name##_type), alignof(name##_type)))
#define FLUXEL_DYNAMIC_SHARED(type, name) type* const name = static_cast<type*>(emulation::dynamic_shared())
