// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cfenv>

namespace fluxel::kernels {

/// The default floating-point environment (nearest even, denormals kept) while it lives; then the caller's again.
/// A host application may have set another rounding mode or flushing, and the bytes must not depend on it.
class default_float_environment {
 public:
#if defined(__SSE2__) && defined(__GNUC__)
  // Only what SSE and its successors look at: <cfenv> saves the x87's too, which takes longer than a small resize.
  // The empty statements keep loads and stores, and what is computed between them, on their side of the change.
  default_float_environment() : saved_(__builtin_ia32_stmxcsr()) {
    __builtin_ia32_ldmxcsr(0x1f80);
    asm volatile("" ::: "memory");
  }
  ~default_float_environment() {
    asm volatile("" ::: "memory");
    __builtin_ia32_ldmxcsr(saved_);
  }
#else
  default_float_environment() {
    std::fegetenv(&saved_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~default_float_environment() { std::fesetenv(&saved_); }
#endif
  default_float_environment(const default_float_environment&) = delete;
  default_float_environment& operator=(const default_float_environment&) = delete;

 private:
#if defined(__SSE2__) && defined(__GNUC__)
  unsigned saved_;
#else
  std::fenv_t saved_;
#endif
};

}  // namespace fluxel::kernels
