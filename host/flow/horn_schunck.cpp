// SPDX-License-Identifier: Apache-2.0
#include "host/flow/horn_schunck.hpp"

#include <memory>

#include "host/flow/dense_flow.hpp"
#include "host/flow/flow_options.hpp"
#include "host/flow/frames.hpp"
#include "host/flow/variational.hpp"

namespace fluxel {

namespace host {

void check_options(const horn_schunck_options& o, const char* function) {
  const option_checks check(function);
  check.dense_flow(o);
  check.in(o.smoothness.weight, 1e-6, 1e9, "options.smoothness.weight");
  check.zero_or_in(o.smoothness.edge_scale, 1e-3, 1e6, "options.smoothness.edge_scale");
  check.in(o.smoothness.edge_floor, 0, 1, "options.smoothness.edge_floor");
  check.zero_or_in(o.smoothness.epsilon, 1e-3, 1e3, "options.smoothness.epsilon");
  check.in(o.solver.sweeps, 1, 1e6, "options.solver.sweeps");
  check.must(o.solver.chebyshev_radius >= 0 && o.solver.chebyshev_radius < 1, "options.solver.chebyshev_radius",
             "must be in [0, 1)");
}

namespace {

dense_settings settings_of(const char* function, const flow_geometry& geometry, const horn_schunck_options& o) {
  option_checks(function).geometry(geometry);
  check_options(o, function);
  option_checks(function).precision(o.precision, geometry);
  dense_settings s = common_settings(function, geometry, o);
  s.make_method = [o](backend) -> std::unique_ptr<dense_method> {
    if (o.model == horn_schunck_model::classic) return std::make_unique<classic_method>(o);
    return std::make_unique<variational_method>(o);
  };
  if (o.model == horn_schunck_model::classic) {
    s.fine = false;
    s.pyramid.max_levels = 1;
    s.weighted_median.after = weighted_median_after::never;
  }
  return s;
}

}  // namespace
}  // namespace host

inline namespace v0 {

horn_schunck_options horn_schunck_preset(flow_quality quality) {
  host::option_checks("horn_schunck_preset").quality(quality);
  horn_schunck_options o;
  if (quality == flow_quality::fast) {
    o.search.radius = 0;
    o.smoothness.epsilon = 0.05;
    o.weighted_median = {};
  } else if (quality == flow_quality::accurate) {
    o.pyramid.factor = 0.65;
    o.warping.warps = 3;
    o.weighted_median.radius = 5;
  } else if (quality == flow_quality::best) {
    o.pyramid = {};
    o.data_term.brightness_epsilon = 1.5;
    o.data_term.gradient_epsilon = 0.75;
    o.warping.warps = 3;
    o.median.passes = 1;
    o.weighted_median = {.after = weighted_median_after::every_warp};
  }
  return o;
}

horn_schunck_options horn_schunck_multiscale() {
  return {.pyramid = {.presmoothing = 0.3, .coarsest_side = host::literature_side},
          .search = {.radius = 0},
          .data_term = host::brightness_alone,
          .smoothness = {.weight = 20, .edge_scale = 0, .epsilon = 0},
          .warping = {.warps = 10},
          .solver = {.sweeps = 15, .chebyshev_radius = 0.97},
          .median = {.radius = 2, .passes = 1},
          .weighted_median = {}};
}

horn_schunck_options horn_schunck_classic(double lambda, int iterations) {
  return {.model = horn_schunck_model::classic,
          .pyramid = {.presmoothing = 0},
          .search = {.radius = 0},
          .smoothness = {.weight = lambda},
          .solver = {.sweeps = iterations},
          .weighted_median = {}};
}

horn_schunck::horn_schunck(const flow_geometry& geometry, const horn_schunck_options& options, const placement& where)
    : dense_flow(host::translate_bad_alloc("horn_schunck", [&] {
        return std::make_unique<impl>(host::settings_of("horn_schunck", geometry, options), where);
      })) {}

void solve_horn_schunck(const flow_image& prev, const flow_image& next, const image_view<f32>& flow,
                        const horn_schunck_options& options, const placement& where, stream_ref stream) {
  constexpr const char* function = "solve_horn_schunck";
  const auto geometry = host::geometry_of(prev, function, "prev");
  host::solve_once(host::settings_of(function, geometry, options), {prev, next}, {flow}, where, stream);
}

}  // namespace v0
}  // namespace fluxel
