// SPDX-License-Identifier: Apache-2.0
// The CUDA backend of a build without CUDA.

#include "kernels/contract/backend.hpp"

namespace fluxel::kernels {

const backend_table* cuda() { return nullptr; }

const cuda_status& cuda_devices() {
  static const cuda_status none{{}, "this build of fluxel has no CUDA kernels"};
  return none;
}
int cuda_current_device() { return -1; }
status cuda_bind_device(int) { return status::no_device; }
status cuda_warm_up(int) { return status::no_device; }

}  // namespace fluxel::kernels
