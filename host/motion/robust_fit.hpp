// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "host/motion/motion_model.hpp"

namespace fluxel::host {

/// The motion that most pairs follow; nothing where none is determined. Pairs are finite.
std::optional<matrix3x3> robust_fit(std::span<const point_pair> pairs, const motion_options& options);

/// That motion with the pairs that follow it, nearer than the threshold; the identity and none of them where too few
/// do.
global_motion fit_motion(const std::vector<point_pair>& pairs, const motion_options& options);

}  // namespace fluxel::host
