// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which processors there are.

#include <string>
#include <vector>

#include "fluxel/device_info.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

struct cuda_status {
  std::vector<device_info> devices;
  std::string reason;  ///< why there are none
};
/// Looks once; afterwards the same answer. Never calls CUDA again after a "no".
const cuda_status& cuda_devices();
int cuda_current_device();
status cuda_bind_device(int index);
status cuda_warm_up(int index);

/// Instruction sets of this build that this machine runs, best first, "scalar" last. The best is used unless the
/// environment variable FLUXEL_CPU names another, in either case. `force_cpu_target` is for tests ("" returns to the
/// best); it concerns later one-call functions and later prepares.
std::vector<std::string> cpu_targets();
std::string cpu_target();
/// What FLUXEL_CPU says, if that is none of them; else empty.
std::string unknown_cpu_target();
bool force_cpu_target(const std::string& name);

}  // namespace fluxel::kernels
