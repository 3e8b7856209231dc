// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"

namespace fluxel::cli {

using parameter_number = std::variant<double*, int*>;

/// A number of an options struct that the user may set.
template <class Options>
struct parameter {
  const char* name;  ///< of the member; the option is --name with - for _
  const char* help;
  parameter_number (*in)(Options&);
};

/// Values of parameters by their names in the struct.
using parameter_values = std::map<std::string, double>;

/// Puts the values into the struct. @param method  for messages
/// @throws video::failure usage  a name that the struct does not have, or a fraction for a whole number.
void set_parameters(horn_schunck_options& options, const parameter_values& values, const std::string& method);
void set_parameters(lucas_kanade_options& options, const parameter_values& values, const std::string& method);

/// Every parameter as a line "name = value", shortest form that reads back the same.
std::string describe_parameters(const horn_schunck_options& options);
std::string describe_parameters(const lucas_kanade_options& options);

/// "--edge-scale" for "edge_scale".
std::string option_of(const std::string& name);

/// The parameters of all methods for the command line, each name once.
struct parameter_help {
  std::string name;
  std::string help;
};
std::vector<parameter_help> all_parameters();

}  // namespace fluxel::cli
