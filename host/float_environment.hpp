#pragma once

#include <cfenv>

namespace fluxel::host {

/// Tables are made in the default floating-point environment, whatever the application has set.
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

}  // namespace fluxel::host
