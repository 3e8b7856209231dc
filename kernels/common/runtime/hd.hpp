// SPDX-License-Identifier: Apache-2.0
#pragma once

// Formulas that both halves include are marked FLUXEL_HD.
#if defined(__CUDACC__)
#define FLUXEL_HD __host__ __device__ __forceinline__
#else
#define FLUXEL_HD inline
#endif
