// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace fluxel::video {

/// The name in the list that differs by the fewest letters; empty when none is near.
std::string nearest_name(const std::string& name, const std::vector<std::string>& list);

}  // namespace fluxel::video
