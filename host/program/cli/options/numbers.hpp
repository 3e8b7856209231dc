// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace fluxel::cli {

// Each reads all of `text`, or gives nothing.

std::optional<int> read_whole(const std::string& text);

/// Finite.
std::optional<double> read_number(const std::string& text);

/// "0.5" or "2/3".
std::optional<double> read_quotient(const std::string& text);

}  // namespace fluxel::cli
