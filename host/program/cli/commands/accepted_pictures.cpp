// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/accepted_pictures.hpp"

#include <string>

#include "host/program/video/failure.hpp"

namespace fluxel::cli {

using video::failure;
using video::fault;

void require_whole_pictures(const frame_format& format) {
  if (format.fields == field_order::progressive) return;
  throw failure(fault::input,
                "the pictures are interlaced, and their lines are of two moments: --deinterlace makes whole pictures "
                "of them, --deinterlace=fields one of every field");
}

void require_same_size(size picture, size first, const char* command) {
  if (picture == first) return;
  throw failure(fault::input, std::string("the pictures change their size, which ") + command + " cannot follow");
}

}  // namespace fluxel::cli
