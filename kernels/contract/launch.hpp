// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every call of a backend takes and returns.

struct CUstream_st;

namespace fluxel::kernels {

enum class status : int { ok, no_device, out_of_memory, launch_failed, unsupported };

/// How a call runs. Each backend reads its own half.
struct launch_options {
  CUstream_st* stream = nullptr;  ///< CUDA
  int threads = 0;                ///< CPU: 0 is the process-wide pool, 1 the caller alone
};

}  // namespace fluxel::kernels
