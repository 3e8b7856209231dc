// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "fluxel/resizer.hpp"
#include "host/core/staging.hpp"
#include "host/core/views.hpp"
#include "host/resize/frame_resizer.hpp"
#include "host/resize/resize_engine.hpp"

namespace fluxel {

namespace host {

/// What is behind a `resizer`, and behind a single `resize`.
class resizer_state {
 public:
  resizer_state(const resize_options& options, run_on device, const char* function);

  /// Makes the tables of a geometry.
  void prepare(const call_site& site, const resize_geometry& geometry);
  /// As prepare, and every call must have this geometry.
  void fix(const resize_geometry& geometry);
  /// Its tables, or null.
  const resize_engine* find(const resize_geometry& geometry) const;
  /// Whether kernels compute the positions themselves.
  bool needs_no_table(const resize_geometry& geometry) const;

  /// The backend for a call on such memory.
  backend backend_of(const call_site& site, memory_kind memory) const;
  bool is_staged(backend b, memory_kind memory) const {
    return b == backend::cuda && backend_for(memory) == backend::cpu;
  }

  const char* function;  ///< the name in messages
  resize_options options;
  run_on where;
  int device = -1;  ///< the CUDA device bound
  backends on;
  std::optional<resize_geometry> fixed;
  struct known_geometry {
    resize_geometry geometry;
    resize_engine resize;
  };
  std::deque<known_geometry> known;
  std::unique_ptr<frame_resizer> frame;  ///< of the frame constructor
  mutable staging staged;
};

}  // namespace host

struct resizer::impl : host::resizer_state {
  using resizer_state::resizer_state;
};

}  // namespace fluxel
