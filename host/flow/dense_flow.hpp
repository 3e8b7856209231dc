// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is behind the objects of dense flow: one solver on each backend that they run on.

#include "fluxel/dense_flow.hpp"
#include "host/flow/dense_solver.hpp"
#include "host/flow/placed_object.hpp"

namespace fluxel {

namespace host {

class dense_flow_object : public placed_object<dense_solver> {
 public:
  /// @param settings  checked.
  dense_flow_object(const dense_settings& settings, const placement& where);

  void run(const flow_pair& pair, const flow_result& result, stream_ref stream);
  bool advance(const flow_frame& next, const flow_result& result, stream_ref stream);
  void restart();
  /// For calls on host memory with all that they may be given.
  void reserve_staging();

 private:
  flow_geometry geometry_;
};

/// What every method takes from its options.
template <class Options>
dense_settings common_settings(const char* function, const flow_geometry& geometry, const Options& o) {
  dense_settings s;
  s.function = function;
  s.geometry = geometry;
  s.pyramid = o.pyramid;
  s.search = o.search;
  s.warping = o.warping;
  s.median = o.median;
  s.weighted_median = o.weighted_median;
  s.validity = o.validity;
  s.fine = o.precision == 256;
  return s;
}

/// One call without an object to keep.
void solve_once(const dense_settings& settings, const flow_pair& pair, const flow_result& result,
                const placement& where, stream_ref stream);

}  // namespace host

inline namespace v0 {

struct dense_flow::impl {
  impl(const host::dense_settings& settings, const placement& where) : object(settings, where) {
    object.reserve_staging();
  }
  host::dense_flow_object object;
};

}  // namespace v0
}  // namespace fluxel
