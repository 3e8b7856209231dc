// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/choice.hpp"

#include "host/program/video/failure.hpp"
#include "host/program/video/names.hpp"

namespace fluxel::cli {

void refuse_choice(const std::string& option, const std::string& text, const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  const std::string near = video::nearest_name(text, names);
  throw video::failure(video::fault::usage,
                       option + ' ' + text + ": unknown; " +
                           (near.empty() ? "choose one of " : "did you mean " + near + "? There are ") + all);
}

}  // namespace fluxel::cli
