// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/flow_color.hpp"

#include <algorithm>

namespace fluxel::video {

namespace {

constexpr double followed_share = 0.99;  // a few wild vectors must not turn the rest white
constexpr double time_constant = 25;     // flows: a second of usual video
constexpr double least_length = 1;       // px: noise of a still picture stays pale

}  // namespace

double running_length::next(const flow_lengths& lengths) {
  const double wanted = std::max(least_length, length_of_share(lengths, followed_share));
  length_ = length_ == 0 ? wanted : length_ + (wanted - length_) / time_constant;
  return length_;
}

}  // namespace fluxel::video
