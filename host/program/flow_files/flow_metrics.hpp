// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "host/program/flow_files/flow_field.hpp"

namespace fluxel::video {

/// How far an estimate lies from the truth, over the pixels where both are known. The definitions are those of the
/// Middlebury benchmark (Baker et al., A database and evaluation methodology for optical flow, IJCV 2011).
struct flow_metrics {
  double endpoint = 0;      ///< EPE: mean length of the difference, px
  double angular = 0;       ///< AAE: mean angle between (u, v, 1) of both, degrees
  double over_half = 0;     ///< R0.5: share of pixels whose difference is longer than 0.5 px; in [0, 1]
  double over_1 = 0;        ///< R1
  double over_2 = 0;        ///< R2
  double within_95 = 0;     ///< A95: the length that 95 % of the differences do not exceed, px
  double density = 0;       ///< share of the pixels of known truth that have an estimate
  std::int64_t pixels = 0;  ///< compared; 0: every mean above is 0 too
};

/// Both of one size.
flow_metrics measure(const flow_field& estimate, const flow_field& truth);

}  // namespace fluxel::video
