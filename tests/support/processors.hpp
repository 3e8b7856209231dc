// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/placement.hpp"

namespace fluxel::test {

/// The CPU, and CUDA where the library that the test is linked with can use it.
inline std::vector<run_on> processors() {
  if (device_count() > 0) return {run_on::cpu, run_on::cuda};
  return {run_on::cpu};
}

/// All that a placement can say on this machine.
inline std::vector<run_on> processor_settings() {
  std::vector<run_on> all{run_on::by_memory, run_on::cpu, run_on::automatic};
  if (device_count() > 0) all.push_back(run_on::cuda);
  return all;
}

}  // namespace fluxel::test
