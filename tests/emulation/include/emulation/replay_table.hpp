// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace emulation {

/// A kernel translated from PTX registers itself here under the address of the kernel it stands for. The program
/// runs the translations of one architecture: that of FLUXEL_REPLAY_ARCHITECTURE, or the lowest that is linked in.
/// Where any are linked in, a kernel without a translation is an error.
struct replayed_kernel {
  /// A kernel with a symbol of its own.
  replayed_kernel(int architecture, const void* kernel, void (*run)(void* const* arguments), unsigned max_threads);
  /// One in an unnamed namespace: the host's mangled name for it, and the file that has it.
  replayed_kernel(int architecture, const char* file, const char* name, void (*run)(void* const* arguments),
                  unsigned max_threads);
};

}  // namespace emulation
