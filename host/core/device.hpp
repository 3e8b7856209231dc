// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which device runs a call.

#include <string>

#include "fluxel/device.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::host {

/// `FLUXEL_DEVICE`: cpu, cuda or cuda:N.
struct device_setting {
  enum class kind { none, cpu, cuda, malformed };
  kind value = kind::none;
  int index = 0;  ///< the device that objects staging host views bind
};
device_setting parse_device_setting(const char* text);

/// The setting of this process, read once.
const device_setting& process_device_setting();

/// Why CUDA cannot be used; empty when it can.
const std::string& cuda_problem();

/// @throws fluxel::error no_device  with the reason.
const kernels::backend_table& cuda_table(const char* function);

/// @throws fluxel::error invalid_argument  FLUXEL_CPU names no instruction set that there is.
const kernels::backend_table& cpu_table(const char* function);

/// The functions of a backend; throws as above.
const kernels::backend_table& table_for(backend b, const char* function);

/// Makes a device current for a scope. -1 changes nothing.
class device_scope {
 public:
  device_scope(int index, const char* function);
  ~device_scope();
  device_scope(const device_scope&) = delete;
  device_scope& operator=(const device_scope&) = delete;

 private:
  int previous_ = -1;
};

}  // namespace fluxel::host
