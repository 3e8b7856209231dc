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

struct compare_arguments {
  std::string estimate;   ///< what is judged
  std::string reference;  ///< what it is held against
  std::string kind;       ///< "flow" or "pictures"; empty: as the files tell
  std::string ssim = "gaussian";
  device_arguments device;
  bool json = false;
  bool csv = false;
  std::optional<double> max_endpoint;  ///< px; a larger EPE is a negative answer
  std::optional<double> max_angular;   ///< degrees
  std::optional<double> min_psnr;      ///< dB; a smaller PSNR is a negative answer
  std::optional<double> min_ssim;
};

/// The subcommand, and what it runs when it was chosen.
std::pair<CLI::App*, std::function<int()>> add_compare_command(CLI::App& app);

/// Of two flows, and of two pictures or videos. @returns the exit code.
int compare_flow(const compare_arguments& arguments);
int compare_pictures(const compare_arguments& arguments);

}  // namespace fluxel::cli
