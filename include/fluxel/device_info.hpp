// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace fluxel {
inline namespace v0 {

struct device_info {
  int index = 0;
  std::string name = {};
  int compute_capability = 0;  ///< 90 for 9.0
  std::size_t memory_bytes = 0;
};

}  // namespace v0
}  // namespace fluxel
