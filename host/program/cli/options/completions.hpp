// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace fluxel::cli {

/// An option as its documents show it.
struct documented_option {
  std::vector<std::string> names;  ///< with their dashes
  std::string value;               ///< what its value is called; empty: it takes none
  std::string text;
  std::string group;
  std::vector<std::string> values;  ///< all that are allowed, if the description lists them
};

struct documented_command {
  std::string name;
  std::string text;
  std::string footer;
  std::string files = {};  ///< its positional arguments
  std::vector<documented_option> options = {};
};

struct documented_program {
  std::string text;
  std::vector<documented_command> commands;
};

std::vector<std::string> named_values(const std::string& text);

/// Prints the completions of a shell: bash, zsh or fish. @returns false: there are none for this one.
bool print_completions(const documented_program& program, const std::string& shell);

}  // namespace fluxel::cli
