// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

struct CUstream_st;

namespace fluxel {
inline namespace v0 {

/// Which processor runs a call.
enum class run_on : int {
  by_memory = 0,  ///< host and pinned views on the CPU, device and managed views on CUDA
  cpu = 1,
  cuda = 2,       ///< host views are copied to the device and back; such calls are finished on return
  automatic = 3,  ///< as cuda where CUDA is usable, else as cpu: the bytes are the same
};

/// Where memory comes from: two functions and what they are called with, for example around an RMM or CCCL resource.
/// Null functions: fluxel's own memory.
///
/// `allocate` returns null when there is not enough. `stream` is the one that uses the memory first, or last.
/// Neither function may throw; they may be called from several threads at once, with the object's device current.
struct memory_resource {
  void* (*allocate)(void* context, std::size_t bytes, std::size_t alignment, CUstream_st* stream) = nullptr;
  void (*deallocate)(void* context, void* p, std::size_t bytes, std::size_t alignment, CUstream_st* stream) = nullptr;
  void* context = nullptr;
};

/// Where an object or a call runs, and what it may use there. The default works everywhere.
///
/// Objects keep state on each processor that they run on. Where `processor` names one, the constructor makes that
/// state. With by_memory the first call on host memory, or on device memory, makes the state for it; `prepare` of the
/// object makes it ahead of time, which a call that is captured in a CUDA graph needs.
struct placement {
  run_on processor = run_on::by_memory;
  int device = -1;  ///< index of the CUDA device; -1 is the current one; not read where everything runs on the CPU
  int threads = 0;  ///< of the CPU: 0 uses the process-wide pool, 1 only the caller's thread
  memory_resource device_memory = {};  ///< CUDA: working memory, copies of host views; not small tables
  memory_resource host_memory = {};    ///< CPU: working memory; small tables come from operator new
};

}  // namespace v0
}  // namespace fluxel
