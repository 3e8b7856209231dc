// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "fluxel/flow_lengths.hpp"

namespace fluxel::video {

/// The length of full color of a video whose user names none. It follows the length that 99 % of a flow's vectors do
/// not exceed, slowly enough that colors do not flicker: a time constant of 25 flows.
class running_length {
 public:
  /// @param least  px: what the length never falls below.
  double next(const flow_lengths& lengths, double least);

 private:
  std::optional<double> length_;
};

}  // namespace fluxel::video
