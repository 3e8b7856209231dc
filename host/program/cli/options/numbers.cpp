// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/numbers.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace fluxel::cli {

std::optional<int> read_whole(const std::string& text) {
  int value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> read_number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> read_quotient(const std::string& text) {
  const auto slash = text.find('/');
  const auto a = read_number(text.substr(0, slash));
  const auto b = slash == std::string::npos ? std::optional<double>(1) : read_number(text.substr(slash + 1));
  if (!a || !b || *b <= 0) return std::nullopt;
  return *a / *b;
}

}  // namespace fluxel::cli
