// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/names.hpp"

#include <algorithm>
#include <utility>

namespace fluxel::video {

std::string nearest_name(const std::string& name, const std::vector<std::string>& list) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 2) + 1;
  for (const std::string& candidate : list) {
    std::vector<std::size_t> row(candidate.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= name.size(); ++i) {
      std::size_t diagonal = std::exchange(row[0], i);
      for (std::size_t j = 1; j < row.size(); ++j) {
        const std::size_t changed = diagonal + (name[i - 1] != candidate[j - 1]);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
      }
    }
    if (row.back() < best_distance) best = candidate, best_distance = row.back();
  }
  return best;
}

}  // namespace fluxel::video
