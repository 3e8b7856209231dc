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

/// Also false: lanes whose multiply-add rounds twice (SSE4). Rows of integers run in them, and the scalar formulas
/// for the rest.
bool fused_simd_chosen();

/// Tells the chosen targets apart; 0 is the scalar formulas.
std::size_t chosen_target_number();

/// The entry of a table made by HWY_EXPORT, for the chosen target.
template <class F, std::size_t n>
F for_target(F const (&table)[n]) {
  return table[n == 1 ? 0 : chosen_target().GetIndex()];
}

}  // namespace fluxel::kernels

/// In a source compiled once per target: whether the target has lanes, and whether their MulAdd is fused. Where it is
/// not, sources of float rows leave their rows out.
#define FLUXEL_LANES (HWY_TARGET != HWY_SCALAR)
#define FLUXEL_FUSED_LANES (FLUXEL_LANES && HWY_NATIVE_FMA)
