// SPDX-License-Identifier: Apache-2.0
#pragma once

// A placement that has been checked and bound to this machine's processors.

#include <optional>

#include "fluxel/image_view.hpp"
#include "host/core/device.hpp"
#include "host/core/errors.hpp"
#include "host/core/object_memory.hpp"

namespace fluxel::host {

class resolved_placement {
 public:
  /// @param function  names the object or call in messages; outlives this.
  /// @throws fluxel::error invalid_argument, no_device
  resolved_placement(const placement& where, const char* function);
  /// For one call, which uses the device that is current without asking which.
  static resolved_placement of_call(const placement& where, const char* function) {
    return {where, function, lasting::no};
  }

  const char* function() const { return function_; }
  int threads() const { return threads_; }

  /// The backend of every call, or none where the memory of each call decides.
  std::optional<backend> named() const { return named_; }
  /// The backend of calls on host memory.
  backend on_host_memory() const { return named_.value_or(backend::cpu); }
  /// The backend of calls on such memory; `argument` names the view in messages.
  backend on(const call_site& site, const char* argument, memory_kind memory) const;
  /// The same for what is made ahead of calls on such memory: where that is CUDA, kernels are loaded, so that no call
  /// loads any while it is captured.
  backend ahead_on(const call_site& site, memory_kind memory) const;
  /// Loads the kernels where the placement names CUDA.
  void load_named() const;

  /// Makes the CUDA device current for a scope; nothing for the CPU.
  device_scope bind(backend b) const { return device_scope(b == backend::cuda ? device_ : -1, function_); }

  object_memory& memory() const { return memory_; }

 private:
  enum class lasting { no, yes };  ///< whether it outlives the device's being current
  resolved_placement(const placement& where, const char* function, lasting life);
  static int choose_device(const placement& where, std::optional<backend> named, const char* function, lasting life);

  void load_kernels() const;

  const char* function_;
  int threads_;
  std::optional<backend> named_;
  int device_;  ///< -1: no CUDA here, or not used, or the current one
  mutable object_memory memory_;
};

}  // namespace fluxel::host
