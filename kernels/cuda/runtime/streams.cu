// SPDX-License-Identifier: Apache-2.0
#include "kernels/contract/streams.hpp"
#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels {

using gpu::status_of;

status cuda_make_stream(CUstream_st** stream) {
  return status_of(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking));
}
void cuda_release_stream(CUstream_st* stream) { cudaStreamDestroy(stream); }
status cuda_synchronize_stream(CUstream_st* stream) { return status_of(cudaStreamSynchronize(stream)); }

status cuda_make_event(CUevent_st** event) { return status_of(cudaEventCreateWithFlags(event, 0)); }
void cuda_release_event(CUevent_st* event) { cudaEventDestroy(event); }
status cuda_record_event(CUevent_st* event, CUstream_st* stream) { return status_of(cudaEventRecord(event, stream)); }
status cuda_wait_event(CUstream_st* stream, CUevent_st* event) {
  return status_of(cudaStreamWaitEvent(stream, event, 0));
}
status cuda_synchronize_event(CUevent_st* event) { return status_of(cudaEventSynchronize(event)); }
status cuda_event_seconds(CUevent_st* from, CUevent_st* to, double* seconds) {
  float ms = 0;
  const cudaError_t e = cudaEventElapsedTime(&ms, from, to);
  *seconds = 1e-3 * static_cast<double>(ms);
  return status_of(e);
}

void* cuda_allocate_pinned(std::size_t bytes) {
  void* p = nullptr;
  return cudaMallocHost(&p, bytes) == cudaSuccess ? p : nullptr;
}
void cuda_release_pinned(void* p) { cudaFreeHost(p); }

}  // namespace fluxel::kernels
