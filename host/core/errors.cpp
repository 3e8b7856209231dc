// SPDX-License-Identifier: Apache-2.0
#include "host/core/errors.hpp"

namespace fluxel::host {

void reject(const call_site& site, const std::string& argument, const std::string& problem) {
  std::string message = std::string(site.function) + ": ";
  if (site.list) message += std::string(site.list) + "[" + std::to_string(site.index) + "].";
  throw error(errc::invalid_argument, message + argument + ": " + problem);
}

void throw_out_of_memory(const char* function) {
  throw error(errc::out_of_memory, std::string(function) + ": memory: there is not enough");
}

void check(kernels::status result, const char* function) {
  if (result == kernels::status::ok) return;
  const std::string name = function;
  switch (result) {
    case kernels::status::ok:
      break;
    case kernels::status::no_device:
      throw error(errc::no_device, name + ": device: CUDA cannot be used");
    case kernels::status::out_of_memory:
      throw_out_of_memory(function);
    case kernels::status::launch_failed:
      throw error(errc::device_failure,
                  name + ": device: CUDA refused the work; an earlier call on it may have failed");
    case kernels::status::unsupported:
      break;
  }
  throw error(errc::internal, name + ": kernel: refused a case that had passed the checks");
}

}  // namespace fluxel::host
