// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "fluxel/device.hpp"
#include "fluxel/flow.hpp"
#include "host/program/cli/flow_arguments.hpp"
#include "host/program/video/plain_picture.hpp"

namespace fluxel::cli {

/// A method of dense flow for pictures of one size and type.
class flow_solver {
 public:
  virtual ~flow_solver() = default;

  /// The flow from the picture of the call before to this one.
  /// @returns false, without a result, on the first call.
  virtual bool advance(const video::plain_picture& next, flow_start start, const flow_result& result) = 0;

  virtual fluxel::backend backend() const = 0;
};

/// A method with its parameters, as the user chose them.
class flow_method {
 public:
  virtual ~flow_method() = default;

  /// @param like  a picture as they will come.
  virtual std::unique_ptr<flow_solver> make(const video::plain_picture& like, run_on where) const = 0;

  /// Every parameter, a line each.
  virtual std::string describe() const = 0;
};

/// @throws video::failure usage  an unknown name, or a parameter that the method does not have.
/// @throws fluxel::error invalid_argument  a parameter out of its range.
std::unique_ptr<flow_method> choose_method(const flow_arguments& arguments);

}  // namespace fluxel::cli
