// SPDX-License-Identifier: Apache-2.0
#include "host/parity/vectors/lines.hpp"

#include <cstdlib>
#include <string_view>

#include "host/parity/vectors/case.hpp"

namespace fluxel::vectors {

namespace {

/// What stands between the quotes after a key.
std::string value_of(const std::string& line, std::string_view key) {
  const auto begin = line.find(key);
  if (begin == std::string::npos) return "";
  const auto from = begin + key.size();
  return line.substr(from, line.find('"', from) - from);
}

}  // namespace

std::optional<std::vector<std::string>> lines_by(const std::string& row) {
  // Objects have no scalar row: the CPU's takes the scalar formulas.
  const bool scalar = row == "scalar";
  if (!scalar && row.rfind("cpu/", 0) != 0) return {};
  if (!kernels::force_cpu_target(scalar ? row : row.substr(4))) return {};
  auto lines = lines_by(computer{scalar ? &kernels::scalar() : &kernels::cpu(), run_on::cpu});
  kernels::force_cpu_target("");
  return lines;
}

std::string operation_of(const std::string& line) { return value_of(line, "\"operation\":\""); }

std::uint64_t hash_of(const std::string& line) {
  return std::strtoull(value_of(line, "\"hash\":\"").c_str(), nullptr, 16);
}

}  // namespace fluxel::vectors
