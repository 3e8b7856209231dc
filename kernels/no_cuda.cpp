// SPDX-License-Identifier: Apache-2.0
// The CUDA backend of a build without CUDA.

#include "kernels/contract/backend.hpp"
#include "kernels/contract/streams.hpp"

namespace fluxel::kernels {

const backend_table* cuda() { return nullptr; }

const cuda_status& cuda_devices() {
  static const cuda_status none{{}, "this build of fluxel has no CUDA kernels"};
  return none;
}
int cuda_current_device() { return -1; }
status cuda_bind_device(int) { return status::no_device; }
status cuda_warm_up(int) { return status::no_device; }

status cuda_make_stream(CUstream_st**) { return status::no_device; }
void cuda_release_stream(CUstream_st*) {}
status cuda_synchronize_stream(CUstream_st*) { return status::no_device; }
status cuda_make_event(CUevent_st**) { return status::no_device; }
void cuda_release_event(CUevent_st*) {}
status cuda_record_event(CUevent_st*, CUstream_st*) { return status::no_device; }
status cuda_wait_event(CUstream_st*, CUevent_st*) { return status::no_device; }
status cuda_synchronize_event(CUevent_st*) { return status::no_device; }
status cuda_event_seconds(CUevent_st*, CUevent_st*, double*) { return status::no_device; }
void* cuda_allocate_pinned(std::size_t) { return nullptr; }
void cuda_release_pinned(void*) {}

}  // namespace fluxel::kernels
