// SPDX-License-Identifier: Apache-2.0
#pragma once

// Lucas-Kanade windows on the device: one kernel finds what each pixel adds, another sums and solves.

#include "kernels/common/flow/lucas_kanade.hpp"
#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels::gpu {

/// window_entry of every pixel.
struct window_entry_planes {
  plane<std::int32_t> a11, a12, a22, b1, b2;
};
inline window_entry_planes entry_planes_of(const flow_windows& w) {
  return {w.entries[0], w.entries[1], w.entries[2], w.entries[3], w.entries[4]};
}

status find_window_entries(const flow_frames& frames, const warped_frame& warped, const flow_energy& energy,
                           const flow_windows& windows, const launch_options& options);

}  // namespace fluxel::kernels::gpu
