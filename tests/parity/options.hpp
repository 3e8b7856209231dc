// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "host/parity/suite/suite.hpp"

namespace fluxel::parity {

struct options : suite_options {
  std::string program;
  std::string backends;        ///< comma-separated prefixes
  std::string json;            ///< file for the hashes
  bool allow_missing = false;  ///< rows without a column do not fail the run
  bool list = false;
};

/// Parses the command line; prints usage and exits with 2 when it is wrong.
options parse_options(int argc, char** argv);

/// The command that runs the case alone that shows a difference.
std::string reproduction(const options& o, const difference& d);

}  // namespace fluxel::parity
