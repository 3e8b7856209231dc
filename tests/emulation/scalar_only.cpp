// SPDX-License-Identifier: Apache-2.0
// Stands for the CPU row where the SIMD path is left out: under sanitizers, which must see every instruction.

#include "kernels/contract/backend.hpp"

namespace fluxel::kernels {

const backend_table& cpu() { return scalar(); }

std::string cpu_target() { return "scalar"; }
std::vector<std::string> cpu_targets() { return {"scalar"}; }
std::string unknown_cpu_target() { return ""; }
bool force_cpu_target(const std::string& name) { return name.empty() || name == "scalar"; }

}  // namespace fluxel::kernels
