// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "fluxel/error.hpp"

namespace fluxel::cli {

/// What the library found wrong, in its words: "function: argument: problem".
struct refused_argument {
  explicit refused_argument(const error& e);
  std::string argument;  ///< "options.window"; empty: the message names none
  std::string problem;   ///< "must be odd, 3 to 63"
};

}  // namespace fluxel::cli
