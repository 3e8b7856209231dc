// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>

#include "host/parity/suite/case.hpp"

namespace fluxel::parity {

namespace {

std::vector<operation>& all_operations() {
  static std::vector<operation> all;
  return all;
}

}  // namespace

registered_operations::registered_operations(std::initializer_list<operation> operations) {
  auto& all = all_operations();
  all.insert(all.end(), operations);
  std::sort(all.begin(), all.end(),
            [](const operation& a, const operation& b) { return std::string_view(a.name) < b.name; });
}

std::span<const operation> operations() { return all_operations(); }

}  // namespace fluxel::parity
