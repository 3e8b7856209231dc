#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/cli/arguments.hpp"

namespace CLI {
class App;
}

namespace fluxel::cli {

struct compare_arguments {
  std::string estimate;
  std::string truth;
  bool json = false;
  std::optional<double> max_endpoint;  ///< px; a larger EPE is a negative answer
  std::optional<double> max_angular;   ///< degrees
};

struct flow_arguments {
  video_arguments video;  ///< its input: the video, or the second picture
  device_arguments device;
  std::vector<std::string> inputs;
  std::string method = "horn-schunck";
  std::string mode = "tuned";
  std::string quality;                       ///< empty: balanced
  std::map<std::string, double> parameters;  ///< given ones, by their names in the options struct
  std::string format;                        ///< empty: by the output's ending
  std::optional<double> max_flow;            ///< px
  std::string validity;                      ///< file of the reasons, or empty
  bool mask_invalid = false;
  std::string start_from = "zero";
  bool print_config = false;
};

/// A subcommand, and what it runs when it was chosen.
using command = std::pair<CLI::App*, std::function<int()>>;

/// The subcommands of optical flow.
std::vector<command> add_flow_commands(CLI::App& app);

}  // namespace fluxel::cli
