// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/device_placement.hpp"

#include "fluxel/device_stream.hpp"
#include "host/program/cli/options/values.hpp"

namespace fluxel::cli {

placement for_device_frames(const placement& where) {
  if (!runs_on_cuda(where)) return where;
  placement there = where;
  there.processor = run_on::by_memory;
  there.device = device_stream(where.device).device();
  return there;
}

}  // namespace fluxel::cli
