// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace fluxel::bench {

/// horn_schunck/step/<step>/<frames>/cpu/<threads>: what one level costs, step by step. `frames`: see
/// flow_frames.hpp.
void add_flow_steps(const std::string& frames);

}  // namespace fluxel::bench
