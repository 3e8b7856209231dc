// SPDX-License-Identifier: Apache-2.0
#include <cuda_runtime_api.h>

#include "tests/parity/streams.hpp"

namespace fluxel::parity {

std::vector<CUstream_st*> concurrent_streams() {
  std::vector<CUstream_st*> streams(2);
  for (auto& s : streams)
    if (cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking) != cudaSuccess) return {nullptr};
  return streams;
}

}  // namespace fluxel::parity
