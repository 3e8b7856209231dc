// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the public dense flow objects are made of: checks of the caller's views, and the way to the solver.

#include <memory>
#include <string>

#include "fluxel/device.hpp"
#include "fluxel/flow.hpp"
#include "fluxel/stream.hpp"
#include "host/core/device.hpp"
#include "host/core/views.hpp"
#include "host/flow/dense_solver.hpp"

namespace fluxel::host {

/// One view of a call; no data in an optional one: it is absent.
struct flow_argument {
  const char* name;
  any_view view;
};

/// The views of a call without their element type.
struct flow_arguments {
  element_type type;
  flow_argument prev, prev_mask, next, next_mask, initial;  ///< a sequence has no prev and no initial
  flow_argument flow, validity, confidence;
};

template <class T>
flow_arguments arguments_of(const flow_pair<T>& p, const flow_result& r) {
  return {.type = element_traits<T>::type,
          .prev = {"prev", erase(p.prev)},
          .prev_mask = {"prev_mask", erase(p.prev_mask)},
          .next = {"next", erase(p.next)},
          .next_mask = {"next_mask", erase(p.next_mask)},
          .initial = {"initial", erase(p.initial)},
          .flow = {"flow", erase(r.flow)},
          .validity = {"validity", erase(r.validity)},
          .confidence = {"confidence", erase(r.confidence)}};
}
template <class T>
flow_arguments arguments_of(const flow_frame<T>& f, const flow_result& r) {
  auto all = arguments_of(flow_pair<T>{.next = f.frame, .next_mask = f.mask}, r);
  all.next.name = "frame";
  all.next_mask.name = "mask";
  return all;
}

void check_geometry(const flow_geometry& geometry, const char* function);
void check_pyramid(const pyramid_settings& settings, const char* function);
void check_validity(const flow_validity_options& validity, const char* function);

class flow_object {
 public:
  flow_object(fluxel::backend b, const dense_settings& settings, std::unique_ptr<dense_method> step, int threads);

  void solve(const flow_arguments& call, stream_ref stream);
  bool advance(const flow_arguments& call, flow_start start, stream_ref stream);
  void restart() { solver_.restart(); }
  fluxel::backend runs_on() const { return backend_; }

 private:
  struct checked_call;

  checked_call check_call(const flow_arguments& call, bool has_result, stream_ref stream) const;
  template <class Run>
  void run(checked_call& call, stream_ref stream, const Run& run_on_images);

  fluxel::backend backend_;
  const char* function_;
  flow_geometry geometry_;
  int threads_;
  int device_;  ///< -1: the CPU
  dense_solver solver_;
  device_buffer staged_;  ///< host views of a CUDA object
};

}  // namespace fluxel::host
