#pragma once

#include "bench/flow_frames.hpp"

namespace fluxel::bench {

/// horn_schunck/step/<step>/<frames>/cpu/<threads>: what one level costs, step by step. `frames` must stay.
void add_flow_steps(const frame_pair& frames);

}  // namespace fluxel::bench
