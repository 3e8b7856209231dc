// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "host/motion/motion_model.hpp"

namespace fluxel::host {

/// The motion that most pairs follow; nothing where none is determined. Pairs are finite.
std::optional<matrix3x3> robust_fit(std::span<const point_pair> pairs, const motion_options& options);

}  // namespace fluxel::host
