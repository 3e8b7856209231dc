// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an object keeps on each backend that it runs on.

#include <array>
#include <atomic>
#include <memory>
#include <mutex>

#include "host/core/float_environment.hpp"
#include "host/core/resolved_placement.hpp"

namespace fluxel::host {

/// The states are made when they are first needed, whichever thread needs them first; then they stay.
template <class State>
class per_backend {
 public:
  /// make() returns a std::unique_ptr<State>; it runs with the device of `b` bound.
  template <class Make>
  State& on(backend b, const resolved_placement& where, Make&& make) const {
    slot& s = slots_[static_cast<int>(b)];
    if (State* made = s.ready.load(std::memory_order_acquire)) return *made;
    const std::lock_guard lock(turn_);
    if (s.state == nullptr) {
      const default_float_environment environment;
      const auto bound = where.bind(b);
      s.state = translate_bad_alloc(where.function(), make);
      // Where the memory of calls decides, `prepare` loads kernels, or a call those that it launches.
      if (b == backend::cuda) where.load_named();
      s.ready.store(s.state.get(), std::memory_order_release);
    }
    return *s.state;
  }

  /// The state on `b`, if it has been made.
  State* find(backend b) const { return slots_[static_cast<int>(b)].ready.load(std::memory_order_acquire); }

 private:
  struct slot {
    std::unique_ptr<State> state;
    std::atomic<State*> ready{nullptr};
  };
  mutable std::mutex turn_;
  mutable std::array<slot, 2> slots_;
};

}  // namespace fluxel::host
