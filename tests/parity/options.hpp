// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "parity/suite/case.hpp"

namespace fluxel::parity {

struct options {
  std::string program;
  std::uint64_t seed = 1;
  int cases = 200;             ///< of each operation
  int only_case = -1;          ///< reproduce this one
  std::string only;            ///< operations whose name starts with it
  std::string backends;        ///< comma-separated prefixes
  double time_limit = 0;       ///< seconds; 0: none
  std::string json;            ///< file for the hashes
  bool hostile = false;        ///< call with a changed floating-point environment
  bool allow_missing = false;  ///< rows without a column do not fail the run
  bool list = false;
  limits limit;  ///< of most cases
};

/// Parses the command line; prints usage and exits with 2 when it is wrong.
options parse_options(int argc, char** argv);

/// The options, beyond the defaults, that make the same case again.
std::string reproduction(const options& o, const char* operation, int number, const std::string& backend);

}  // namespace fluxel::parity
