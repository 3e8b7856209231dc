// SPDX-License-Identifier: Apache-2.0
#pragma once

// Work of the host on the threads of the CPU path.

#include <memory>

namespace fluxel::kernels {

struct task {
  void (*call)(void* context);
  void* context;
};

/// A task that calls `work`, which outlives it.
template <class Work>
task task_of(Work& work) {
  return {[](void* context) { (*static_cast<Work*>(context))(); }, std::addressof(work)};
}

/// Calls both in the default floating-point environment, and returns when both have finished. What the first has
/// thrown is thrown then, or else what the second has. Either may share out rows of its own.
///
/// @param threads  0: all of the pool; 1: the caller alone, which calls one after the other, as it does where
///                 the pool has one thread.
/// @returns whether there were two threads for them.
bool run_both(const task& first, const task& second, int threads);

}  // namespace fluxel::kernels
