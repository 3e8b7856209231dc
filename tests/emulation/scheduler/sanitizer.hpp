// SPDX-License-Identifier: Apache-2.0
#pragma once

// Under TSan every CUDA thread is a thread of its own to the detector, and only barriers, warp operations and the
// start and end of a launch order memory. The scheduler itself is compiled without TSan (see CMakeLists.txt).

#if !defined(__has_feature)
#define __has_feature(x) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define EMULATION_ASAN 1
#include <sanitizer/common_interface_defs.h>
#endif

#if defined(EMULATION_TSAN)
extern "C" {
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void* __tsan_get_current_fiber();
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}
#endif

namespace emulation {

#if defined(EMULATION_TSAN)
inline constexpr bool under_tsan = true;
inline void acquire(void* address) { __tsan_acquire(address); }
inline void release(void* address) { __tsan_release(address); }
#else
inline constexpr bool under_tsan = false;
inline void acquire(void*) {}
inline void release(void*) {}
#endif

}  // namespace emulation
