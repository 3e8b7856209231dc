// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime.h>

#include <functional>

namespace emulation {

void count_call();

bool is_late(cudaStream_t stream);
/// For a stream that is.
void do_later(cudaStream_t stream, std::function<cudaError_t()> work);
/// Everything that late streams still have to do.
cudaError_t do_all_streams();

}  // namespace emulation
