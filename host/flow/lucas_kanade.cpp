// SPDX-License-Identifier: Apache-2.0
#include "fluxel/lucas_kanade.hpp"

#include <memory>

#include "host/flow/dense_flow.hpp"
#include "host/flow/flow_options.hpp"
#include "host/flow/frames.hpp"
#include "host/flow/windows.hpp"

namespace fluxel {

namespace host {
namespace {

void check_options(const lucas_kanade_options& o, const char* function) {
  const option_checks check(function);
  check.dense_flow(o);
  check.in(o.window.radius, 0, kernels::window_max_radius, "options.window.radius");
  check.zero_or_in(o.window.sigma, 0.1, 1000, "options.window.sigma");
  check.in(o.window.ridge, 0, 1e9, "options.window.ridge");
  check.zero_or_in(o.window.contrast_limit, 1e-6, 1e9, "options.window.contrast_limit");
  check.in(o.window.min_eigenvalue, 0, 1e9, "options.window.min_eigenvalue");
}

dense_settings settings_of(const char* function, const flow_geometry& geometry, const lucas_kanade_options& o) {
  option_checks(function).geometry(geometry);
  check_options(o, function);
  option_checks(function).precision(o.precision, geometry);
  dense_settings s = common_settings(function, geometry, o);
  s.structure_radius = o.window.radius;
  s.make_method = [o](backend b) { return std::make_unique<window_method>(o, b); };
  if (o.model == lucas_kanade_model::classic) {
    s.fine = false;
    s.pyramid.max_levels = 1;
    s.warping.warps = 1;
    s.median.radius = 0;
    s.weighted_median.after = weighted_median_after::never;
    s.least_eigenvalue = o.window.min_eigenvalue;
  }
  return s;
}

}  // namespace
}  // namespace host

inline namespace v0 {

lucas_kanade_options lucas_kanade_preset(flow_quality quality) {
  host::option_checks("lucas_kanade_preset").quality(quality);
  lucas_kanade_options o;
  if (quality == flow_quality::fast) {
    o.pyramid.factor = host::halving;
    o.search.radius = 0;
  } else if (quality != flow_quality::balanced) {
    o.warping.warps = 5;
  }
  if (quality == flow_quality::accurate) o.weighted_median.after = weighted_median_after::finest_level;
  if (quality == flow_quality::best) {
    o.median.passes = 1;
    o.weighted_median.after = weighted_median_after::every_warp;
  }
  return o;
}

lucas_kanade_options lucas_kanade_multiscale() {
  return {.pyramid = {.factor = host::halving, .coarsest_side = host::literature_side},
          .search = {.radius = 0},
          .data_term = host::brightness_alone,
          .window = {.radius = 7, .contrast_limit = 0},
          .warping = {.warps = 5},
          .median = {.radius = 0}};
}

lucas_kanade_options lucas_kanade_classic(int window_radius) {
  auto o = lucas_kanade_multiscale();
  o.model = lucas_kanade_model::classic;
  o.pyramid.presmoothing = 0;
  o.window.radius = window_radius;
  o.window.ridge = 0;
  o.warping.max_increment = 511;
  return o;
}

lucas_kanade::lucas_kanade(const flow_geometry& geometry, const lucas_kanade_options& options, const placement& where)
    : dense_flow(host::translate_bad_alloc("lucas_kanade", [&] {
        return std::make_unique<impl>(host::settings_of("lucas_kanade", geometry, options), where);
      })) {}

void solve_lucas_kanade(const flow_image& prev, const flow_image& next, const image_view<f32>& flow,
                        const lucas_kanade_options& options, const placement& where, stream_ref stream) {
  constexpr const char* function = "solve_lucas_kanade";
  const auto geometry = host::geometry_of(prev, function, "prev");
  host::solve_once(host::settings_of(function, geometry, options), {prev, next}, {flow}, where, stream);
}

}  // namespace v0
}  // namespace fluxel
