// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fluxel/device.hpp"
#include "host/program/flow_files/flow_field.hpp"
#include "host/program/video/frames/plain_picture.hpp"

/// The pictures of a pair, both grey or both color, of one type.
struct flow_pair {
  fluxel::video::plain_picture first, second;
};

/// Computes the flow of the pair that it was prepared for; this is what is timed.
using flow_run = std::function<void(fluxel::video::flow_field&)>;

struct flow_method {
  std::string name;
  std::function<flow_run(const flow_pair&)> prepare;  ///< solvers are built and pictures converted here
};

/// @param threads  0: all
std::vector<flow_method> fluxel_methods(int threads, fluxel::run_on where);

/// OpenCV's, or none when it was not there.
std::vector<flow_method> opencv_methods(int threads);
