// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulation/scheduler.hpp"

namespace emulation {

/// A kernel's PTX as a function: one CUDA thread, with pointers to the parameters.
struct translation {
  void (*run)(void* const* arguments);
  unsigned max_threads;
};

/// What to run in place of a kernel, or nullptr in a program that replays nothing.
const translation* translation_of(const void* kernel);

}  // namespace emulation
