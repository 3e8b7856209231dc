// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/export.h"

namespace fluxel {
inline namespace v0 {

/// Seconds of copies between host memory and CUDA devices.
struct copy_times {
  double upload = 0;
  double download = 0;
};

/// How long calls of this process, of all its threads, have waited for copies so far: of host views that CUDA works
/// on, of device_image, and of device_frame from and to other than pinned memory. Before a download they wait for the
/// work that makes its pixels, which does not count.
FLUXEL_API copy_times time_of_copies() noexcept;

}  // namespace v0
}  // namespace fluxel
