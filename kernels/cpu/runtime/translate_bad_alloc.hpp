// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <new>

#include "kernels/common/runtime/float_environment.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

/// How an entry point of the CPU backend calls: in the default floating-point environment, and memory that ran out is
/// a status.
template <class F>
status translate_bad_alloc(F&& f) {
  const default_float_environment environment;
  try {
    return f();
  } catch (const std::bad_alloc&) {
    return status::out_of_memory;
  }
}

}  // namespace fluxel::kernels
