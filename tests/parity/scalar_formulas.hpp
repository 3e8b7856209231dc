// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "kernels/contract/backend.hpp"

namespace fluxel::parity {

/// Objects that run on the CPU take the scalar formulas while this lives, if `wanted`.
class scalar_formulas {
 public:
  explicit scalar_formulas(bool wanted) : before_(kernels::cpu_target()) {
    if (wanted) kernels::force_cpu_target("scalar");
  }
  ~scalar_formulas() { kernels::force_cpu_target(before_); }
  scalar_formulas(const scalar_formulas&) = delete;
  scalar_formulas& operator=(const scalar_formulas&) = delete;

 private:
  std::string before_;
};

}  // namespace fluxel::parity
