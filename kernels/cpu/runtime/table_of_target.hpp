// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cpu/runtime/target.hpp"

/// At the end of a source that is compiled once per target, under HWY_ONCE: `accessor()` is the table of functions that
/// `per_target()` returns for the chosen target.
#define FLUXEL_TABLE_OF_TARGET(type, accessor, per_target)                         \
  namespace fluxel::kernels {                                                      \
  HWY_EXPORT(per_target);                                                          \
  const type& accessor() { return *for_target(HWY_DISPATCH_TABLE(per_target))(); } \
  }
