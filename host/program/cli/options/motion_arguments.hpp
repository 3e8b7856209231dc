// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/program/cli/options/arguments.hpp"
#include "host/program/cli/options/flow_arguments.hpp"

namespace fluxel::cli {

struct stabilize_arguments {
  video_arguments video;
  device_arguments device;
  double smoothing = 12;  ///< frames
  std::string crop = "auto";
  std::optional<double> margin;  ///< percent
  std::string model = "similarity";
  std::string filter = "bicubic";
};

struct align_arguments {
  video_arguments video;  ///< its output
  device_arguments device;
  std::vector<std::string> inputs;
  std::string model = "homography";
  std::string crop = "none";
  std::string stack;  ///< mean or median; empty: the pictures themselves
  std::string filter = "bicubic";
};

/// The commands that find the motion of whole pictures.
std::vector<command> add_motion_commands(CLI::App& app);

}  // namespace fluxel::cli
