// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "fluxel/dense_flow.hpp"
#include "host/program/cli/options/flow_arguments.hpp"
#include "host/program/cli/options/flow_parameters.hpp"

namespace fluxel::cli {

/// A method of dense flow with its parameters, as the user chose them.
class flow_method {
 public:
  /// @throws video::failure usage  an unknown name, or a parameter that the method does not read.
  /// @throws fluxel::error invalid_argument  a parameter out of its range.
  explicit flow_method(const flow_arguments& arguments);

  dense_flow make(const flow_geometry& geometry, const placement& where) const;

  /// From which cut score on a pair is one; nothing: no pair is.
  std::optional<double> cut_score() const;

  /// Every parameter that the method reads, a line each.
  std::string describe() const;

 private:
  flow_options options_;
};

}  // namespace fluxel::cli
