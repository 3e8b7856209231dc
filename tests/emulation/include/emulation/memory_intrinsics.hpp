// SPDX-License-Identifier: Apache-2.0
#pragma once

// Cache hints. Misaligned vectors are an error on the device: they are one here too.

#include <atomic>
#include <cstdint>

#include "emulation/scheduler.hpp"

namespace emulation {
template <class T>
void require_aligned(const T* p, site at) {
  if (reinterpret_cast<std::uintptr_t>(p) % alignof(T)) fail("a misaligned address", at);
}
}  // namespace emulation

#define EMULATION_LOAD(name)                                                             \
  template <class T>                                                                     \
  T name(const T* p, const char* file = __builtin_FILE(), int line = __builtin_LINE()) { \
    emulation::require_aligned(p, {file, line});                                         \
    return *p;                                                                           \
  }
EMULATION_LOAD(__ldg)
EMULATION_LOAD(__ldca)
EMULATION_LOAD(__ldcg)
EMULATION_LOAD(__ldcs)
EMULATION_LOAD(__ldlu)
EMULATION_LOAD(__ldcv)
#undef EMULATION_LOAD

#define EMULATION_STORE(name)                                                                                    \
  template <class T>                                                                                             \
  void name(T* p, std::type_identity_t<T> v, const char* file = __builtin_FILE(), int line = __builtin_LINE()) { \
    emulation::require_aligned(p, {file, line});                                                                 \
    *p = v;                                                                                                      \
  }
EMULATION_STORE(__stcg)
EMULATION_STORE(__stcs)
EMULATION_STORE(__stwb)
EMULATION_STORE(__stwt)
#undef EMULATION_STORE

inline void __threadfence() { std::atomic_thread_fence(std::memory_order_seq_cst); }
inline void __threadfence_block() { std::atomic_thread_fence(std::memory_order_seq_cst); }
inline void __threadfence_system() { std::atomic_thread_fence(std::memory_order_seq_cst); }
