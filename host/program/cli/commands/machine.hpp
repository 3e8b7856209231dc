// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace fluxel::cli {

/// This machine in words; what a system does not tell is empty.
struct machine_description {
  std::string system;      ///< "Linux 6.1.0 x86_64"
  std::string processor;   ///< "AMD EPYC 9654 96-Core Processor"
  std::string features;    ///< "avx2 fma f16c": those that the instruction sets of fluxel are made of
  int threads = 0;         ///< of the hardware
  std::string gpu_driver;  ///< "535.183.01"
};

machine_description describe_machine();

}  // namespace fluxel::cli
