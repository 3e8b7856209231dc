// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/placement.hpp"

namespace fluxel::cli {

/// For objects that see frames on the device alone: they make no room for copies of host frames, and load only the
/// kernels that they launch. @param where  a placement that runs on CUDA; others stay as they are.
placement for_device_frames(const placement& where);

}  // namespace fluxel::cli
