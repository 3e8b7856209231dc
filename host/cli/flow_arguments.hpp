#pragma once

#include <functional>
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

/// A subcommand, and what it runs when it was chosen.
using command = std::pair<CLI::App*, std::function<int()>>;

/// The subcommands of optical flow.
std::vector<command> add_flow_commands(CLI::App& app);

}  // namespace fluxel::cli
