// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "host/program/cli/options/arguments.hpp"
#include "host/program/cli/options/flow_arguments.hpp"

namespace fluxel::cli {

struct segment_arguments {
  video_arguments video;
  device_arguments device;
  bool mask = false, overlay = false;
  std::string boxes;              ///< a file; empty: none
  std::optional<int> min_frames;  ///< of boxes
  std::string color;              ///< of the overlay
  std::string model = "homography";
  std::string quality = "fast";
  int flow_side = 480;
  double least_motion = 0.75;  ///< pixels per frame
  double noise = 5;
  double least_area = 0.05;  ///< percent
};

/// Adds `segment`: the subcommand, and what runs when it was given.
command add_segment_command(CLI::App& app);

}  // namespace fluxel::cli
