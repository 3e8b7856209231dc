// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace fluxel::cli {

/// What to say of a command line that cannot be read: CLI11's words, and the option or command that may have been
/// meant.
std::string complaint(const CLI::App& app, const CLI::ParseError& error, int argc, const char* const* argv);

}  // namespace fluxel::cli
