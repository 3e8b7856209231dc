/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

// The three primitives of CUDA's header for asynchronous copies to shared memory. The bytes arrive at the wait.

#include <cuda_runtime.h>

inline void __pipeline_memcpy_async(void* shared, const void* global, std::size_t bytes, std::size_t zeroed = 0) {
  if (bytes != 4 && bytes != 8 && bytes != 16)
    emulation::fail("an asynchronous copy of other than 4, 8 or 16 bytes", {});
  if ((reinterpret_cast<std::uintptr_t>(shared) | reinterpret_cast<std::uintptr_t>(global)) % bytes)
    emulation::fail("a misaligned asynchronous copy", {});
  static constexpr unsigned char zeros[16] = {};
  if (zeroed < bytes) emulation::copy_async(shared, global, bytes - zeroed);
  if (zeroed > 0) emulation::copy_async(static_cast<char*>(shared) + bytes - zeroed, zeros, zeroed);
}
inline void __pipeline_commit() { emulation::commit_copies(); }
inline void __pipeline_wait_prior(int groups, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  emulation::wait_for_copies(groups, {file, line});
}
