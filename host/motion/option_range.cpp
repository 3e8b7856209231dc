// SPDX-License-Identifier: Apache-2.0
#include "host/motion/option_range.hpp"

#include <cstdio>

namespace fluxel::host {

void check_range(const call_site& site, const char* option, double value, double least, double most) {
  if (value >= least && value <= most) return;
  char problem[96];
  std::snprintf(problem, sizeof problem, "is %g; must be %g to %.9g", value, least, most);
  reject(site, option, problem);
}

}  // namespace fluxel::host
