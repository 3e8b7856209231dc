// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which instruction set the CPU path uses. Sources compiled once per Highway target pick their functions with
// `for_target`; the choice is fluxel's own, so that another user of Highway in the process does not share it.

#include <cstddef>

#include "hwy/targets.h"

namespace fluxel::kernels {

/// Chosen on first use: the one named by the environment variable FLUXEL_CPU, else the best of this machine.
hwy::ChosenTarget& chosen_target();

/// False: the scalar formulas run, because the machine is older than every SIMD target or because they were asked
/// for.
bool simd_chosen();

/// The entry of a table made by HWY_EXPORT, for the chosen target.
template <class F, std::size_t n>
F for_target(F const (&table)[n]) {
  return table[n == 1 ? 0 : chosen_target().GetIndex()];
}

}  // namespace fluxel::kernels
