// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace fluxel::cli {

/// The words that an option takes, and what they stand for.
template <class Value>
using choices = std::vector<std::pair<std::string, Value>>;

/// @throws video::failure usage  with all names, and the one that was probably meant.
[[noreturn]] void refuse_choice(const std::string& option, const std::string& text,
                                const std::vector<std::string>& names);

/// @throws video::failure usage  the word is none of the list.
template <class Value>
Value choose(const std::string& option, const std::string& text, const choices<Value>& list) {
  std::vector<std::string> names;
  for (const auto& [name, value] : list) {
    if (name == text) return value;
    names.push_back(name);
  }
  refuse_choice(option, text, names);
}

}  // namespace fluxel::cli
