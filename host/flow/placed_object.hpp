// SPDX-License-Identifier: Apache-2.0
#pragma once

// What flow objects have in common: a placement, and a state on each backend that they run on.

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "host/core/call.hpp"

namespace fluxel::host {

template <class State>
class placed_object {
 public:
  using maker = std::function<std::unique_ptr<State>(backend, object_memory&)>;

  placed_object(const char* function, const placement& where, maker make)
      : where_(where, function), room_(where_), make_(std::move(make)) {
    if (const auto b = where_.named()) state_on(*b);
  }

  void prepare(memory_kind memory) {
    require(is_one_of(memory, memory_kind::device), where_.function(), "memory",
            "is not one of host, pinned, managed and device");
    state_on(where_.ahead_on({where_.function()}, memory));
  }

  backend on_host_memory() const { return where_.on_host_memory(); }
  /// The backend of the last call; before the first, that of calls on host memory.
  backend runs_on() const { return last_.value_or(on_host_memory()); }
  std::size_t workspace_size() const { return where_.memory().bytes_held(); }

  /// Waits for the last call: of an object that is not kept.
  void finish(stream_ref stream) const {
    const auto bound = where_.bind(runs_on());
    if (runs_on() == backend::cuda)
      check(table_for(runs_on(), where_.function()).memory.synchronize(stream.get()), where_.function());
  }

 protected:
  State& state_on(backend b) {
    return states_.on(b, where_, [&] { return make_(b, where_.memory()); });
  }
  State* find(backend b) const { return states_.find(b); }

  /// work(state, launch) on the backend of the call, whose views have been checked.
  template <class Work>
  void run_call(call& c, const Work& work) {
    last_ = c.runs_on();
    c.run(room_, [&](const run_context& context) { return work(state_on(context.backend), context.launch); });
  }

  /// Room for a call's copies of host views, ahead of the first one, where CUDA runs such calls.
  void reserve_staging(std::size_t bytes) {
    if (where_.named() == backend::cuda) room_.reserve(bytes, where_.function());
  }

  resolved_placement where_;
  staging_room room_;

 private:
  maker make_;
  per_backend<State> states_;
  std::optional<backend> last_;
};

}  // namespace fluxel::host
