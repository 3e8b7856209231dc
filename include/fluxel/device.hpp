// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "fluxel/device_info.hpp"
#include "fluxel/export.h"
#include "fluxel/image_view.hpp"
#include "fluxel/placement.hpp"

namespace fluxel {
inline namespace v0 {

enum class backend : int { cpu = 0, cuda = 1 };

/// Usable CUDA devices; 0 in a CPU-only build, without a driver, or when `FLUXEL_DEVICE=cpu` is set.
FLUXEL_API int device_count();

/// Why `device_count()` is 0, in words; empty when it is not.
FLUXEL_API std::string no_device_reason();

/// @throws fluxel::error no_device  `index` is not below `device_count()`.
FLUXEL_API device_info describe_device(int index);

/// Loads every kernel onto the device, so that no later call does (needed before capturing one-call functions).
/// @throws fluxel::error no_device  `index` is not below `device_count()`.
FLUXEL_API void warm_up(int index);

/// The backend that runs calls on such memory. Pure: it does not look for a device.
constexpr backend backend_for(memory_kind memory) {
  return memory == memory_kind::device || memory == memory_kind::managed ? backend::cuda : backend::cpu;
}
template <class T>
constexpr backend backend_for(const image_view<T>& view) {
  return backend_for(view.memory);
}

/// The instruction set of the CPU path, for example "AVX3_DL" or "scalar": the best of `cpu_targets()`, or the one
/// that the environment variable FLUXEL_CPU names (in either case, read once).
/// @throws fluxel::error invalid_argument  FLUXEL_CPU names another; every call on the CPU then throws it.
FLUXEL_API std::string cpu_target();

/// The instruction sets that this machine can run and this build contains, best first.
FLUXEL_API std::vector<std::string> cpu_targets();

}  // namespace v0
}  // namespace fluxel
