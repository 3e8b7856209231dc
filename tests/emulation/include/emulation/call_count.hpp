// SPDX-License-Identifier: Apache-2.0
#pragma once

// How often the CUDA runtime was called, launches apart: on a device such calls take as long as a small kernel.

#include <cstddef>

namespace emulation {

/// Since the program began, from all threads.
std::size_t runtime_calls();

}  // namespace emulation
