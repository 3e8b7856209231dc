// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

#include "fluxel/export.h"

namespace fluxel {
inline namespace v0 {

enum class errc : int {
  invalid_argument = 1,  ///< an argument is outside what the function documents
  no_device = 2,         ///< CUDA was demanded and cannot be used; the message holds the reason
  out_of_memory = 3,     ///< host or device memory
  device_failure = 4,    ///< a launch or a device call was refused
  internal = 5,          ///< a defect of fluxel
};

/// The one exception type of the library. `what()` reads "function: argument: problem".
class FLUXEL_API error : public std::runtime_error {
 public:
  error(errc code, const std::string& message) : std::runtime_error(message), code_(code) {}
  errc code() const noexcept { return code_; }

 private:
  errc code_;
};

}  // namespace v0
}  // namespace fluxel
