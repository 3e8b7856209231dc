// SPDX-License-Identifier: Apache-2.0
#pragma once

// Before a loop whose rows never overlap: the compiler may compute its iterations in any order, and so in lanes.
#if defined(__clang__)
#define FLUXEL_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define FLUXEL_INDEPENDENT _Pragma("GCC ivdep")
#endif
