// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/refused_argument.hpp"

namespace fluxel::cli {

refused_argument::refused_argument(const error& e) : problem(e.what()) {
  const std::size_t first = problem.find(": ");
  const std::size_t second = first == std::string::npos ? first : problem.find(": ", first + 2);
  if (second == std::string::npos) return;
  argument = problem.substr(first + 2, second - first - 2);
  problem.erase(0, second + 2);
}

}  // namespace fluxel::cli
