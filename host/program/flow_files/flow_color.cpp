// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/flow_color.hpp"

#include <algorithm>

namespace fluxel::video {

namespace {

constexpr double followed_share = 0.99;  // a few wild vectors must not turn the rest white
constexpr double time_constant = 25;     // flows: a second of usual video

}  // namespace

double running_length::next(const flow_lengths& lengths, double least) {
  const double wanted = std::max(least, length_of_share(lengths, followed_share));
  length_ = length_ ? *length_ + (wanted - *length_) / time_constant : wanted;
  return *length_;
}

}  // namespace fluxel::video
