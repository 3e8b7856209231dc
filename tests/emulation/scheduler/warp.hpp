// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "emulation/scheduler.hpp"

namespace emulation {

/// Where the lanes of one mask meet. Two generations: a lane may already bring its next value while others still
/// read the last ones.
struct warp_meeting {
  unsigned mask = 0;
  unsigned arrived = 0;
  unsigned generation = 0;
  std::uint64_t values[2][32];
  site at;
};

struct warp {
  static constexpr int max_meetings = 8;  ///< distinct masks that one block uses

  unsigned alive = 0;
  int meeting_count = 0;
  warp_meeting meetings[max_meetings];

  warp_meeting& meeting_of(unsigned mask, site at) {
    for (int i = 0; i < meeting_count; ++i)
      if (meetings[i].mask == mask) return meetings[i];
    if (meeting_count == max_meetings) fail("too many distinct masks in one warp", at);
    warp_meeting& fresh = meetings[meeting_count++];
    fresh.mask = mask;
    fresh.arrived = 0;
    return fresh;
  }
};

}  // namespace emulation
