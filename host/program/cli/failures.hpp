// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace fluxel::cli {

/// What an exception means for the user.
struct told_failure {
  int exit_status;
  std::string message;  ///< one line
};

/// Of the exception that is being handled.
told_failure current_failure();

}  // namespace fluxel::cli
