// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cfenv>

namespace fluxel::kernels {

/// The default floating-point environment (nearest even, denormals kept) while it lives; then the caller's again.
/// A host application may have set another rounding mode or flushing, and the bytes must not depend on it.
class default_float_environment {
 public:
  default_float_environment() {
    std::fegetenv(&saved_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~default_float_environment() { std::fesetenv(&saved_); }
  default_float_environment(const default_float_environment&) = delete;
  default_float_environment& operator=(const default_float_environment&) = delete;

 private:
  std::fenv_t saved_;
};

}  // namespace fluxel::kernels
