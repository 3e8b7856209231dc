// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "host/program/cli/options/arguments.hpp"

namespace CLI {
class App;
}

namespace fluxel::cli {

struct interpolate_arguments {
  video_arguments video;  ///< `fps` is the rate of the result
  device_arguments device;
  std::optional<int> factor;
  std::optional<int> slow;
  bool dedup = false;
  std::string quality = "fast";
  double cut = 28;
  int flow_side = 256;
};

/// Adds `interpolate`: the subcommand, and what runs when it was given.
std::pair<const CLI::App*, std::function<int()>> add_interpolate_command(CLI::App& app);

}  // namespace fluxel::cli
