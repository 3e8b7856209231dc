// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"

namespace fluxel::cli {

using flow_options = std::variant<horn_schunck_options, lucas_kanade_options>;

/// Values of parameters by their names.
using parameter_values = std::map<std::string, double>;

/// Puts the values into the options. @param method  for messages
/// @throws video::failure usage  a name that the method does not read, or a fraction for a whole number.
void set_parameters(flow_options& options, const parameter_values& values, const std::string& method);

/// Every parameter that the method reads as a line "name = value", the shortest form that reads back the same.
std::string describe_parameters(const flow_options& options);

/// "--edge-scale" for "edge_scale".
std::string option_of(const std::string& name);

/// The parameters of all methods for the command line, each name once.
struct parameter_help {
  std::string name;
  std::string help;
};
std::vector<parameter_help> all_parameters();

}  // namespace fluxel::cli
