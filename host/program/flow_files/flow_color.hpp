// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/flow_lengths.hpp"

namespace fluxel::video {

/// The length of full color of a video whose user names none. It follows the length that 99 % of a flow's vectors do
/// not exceed, slowly enough that colors do not flicker: a time constant of 25 flows. At least 1 px.
class running_length {
 public:
  double next(const flow_lengths& lengths);

 private:
  double length_ = 0;
};

}  // namespace fluxel::video
