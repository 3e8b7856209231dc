// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "host/program/cli/options/flow_arguments.hpp"

namespace fluxel::cli {

struct verify_arguments {
  std::string device = "auto";  ///< auto: all
  double seconds = 0;           ///< 0: until all cases are done
  int cases = 0;                ///< of each operation; 0: the usual number, or what fits into the seconds
  std::uint64_t seed = 1;
  std::string only;    ///< operations whose name starts with it; empty: all
  int only_case = -1;  ///< this one alone
  bool json = false;
  std::string output = "-";
  bool replace = false;  ///< -y
  bool keep = false;     ///< -n
};

command add_verify_command(CLI::App& app);

}  // namespace fluxel::cli
