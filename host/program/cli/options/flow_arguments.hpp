// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/program/cli/options/arguments.hpp"

namespace CLI {
class App;
}

namespace fluxel::cli {

struct track_arguments {
  video_arguments video;  ///< its output: the list
  device_arguments device;
  std::string format;  ///< csv, jsonl, npz, colmap; empty: by the output's ending
  std::string draw;
  std::string points;          ///< file of the points to start from; empty: corners
  std::string mask;            ///< picture of where corners may be; empty: anywhere
  std::string range = "auto";  ///< of values: auto, full or LOW:HIGH
  std::string valid_mask;      ///< picture, black where frames are not known; or empty
  int max_corners = 500;
  double quality_level = 0.01;
  double min_distance = 8;
  int corner_radius = 1;
  int window = 21;
  int levels = 4;
  int iterations = 30;
  double epsilon = 0.01;
  double min_eigenvalue = 0.1;
  double forward_backward = 0.5;
  std::optional<int> redetect;
  std::optional<double> redetect_below;
};

struct flow_arguments {
  video_arguments video;  ///< its input: the video, or the second picture
  device_arguments device;
  std::vector<std::string> inputs;
  std::string method = "horn-schunck";
  std::string mode = "tuned";
  std::string quality;                       ///< empty: balanced
  std::map<std::string, double> parameters;  ///< those that were given, by name
  std::string format;                        ///< empty: by the output's ending
  std::optional<double> max_flow;            ///< px
  static constexpr double usual_min_flow_scale = 1;
  std::optional<double> min_flow_scale;  ///< px; nothing: the usual one
  std::string validity;                  ///< file of the reasons, or empty
  bool mask_invalid = false;
  std::string start_from = "zero";
  std::string range = "auto";  ///< of values: auto, full or LOW:HIGH
  double compute_scale = 1;    ///< of the frames that the flow is computed on, to those of the input
  std::string mask;            ///< picture, black where frames are not known; or empty
  bool print_config = false;
};

/// A subcommand, and what it runs when it was chosen.
using command = std::pair<CLI::App*, std::function<int()>>;

/// The subcommands of optical flow.
std::vector<command> add_flow_commands(CLI::App& app);

}  // namespace fluxel::cli
