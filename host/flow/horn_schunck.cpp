// SPDX-License-Identifier: Apache-2.0
#include "host/flow/horn_schunck.hpp"

#include <cmath>

#include "host/core/float_environment.hpp"
#include "host/flow/flow_object.hpp"
#include "host/flow/variational.hpp"

namespace fluxel {

namespace host {

pyramid_settings pyramid_of(const horn_schunck_options& o) {
  return {.presmoothing = o.presmoothing,
          .factor = o.pyramid_factor,
          .coarsest_side = o.coarsest_side,
          .max_levels = o.model == horn_schunck_model::classic ? 1 : o.max_levels,
          .bit_depth = o.bit_depth,
          .white = o.white};
}

void check_options(const horn_schunck_options& o, const char* function) {
  auto must = [function](bool holds, const char* argument, const char* problem) {
    require(holds, function, argument, problem);
  };
  must(o.model == horn_schunck_model::warping || o.model == horn_schunck_model::classic, "options.model",
       "must be warping or classic");
  must(o.smoothness > 0, "options.smoothness", "must be above 0");
  must(o.brightness >= 0, "options.brightness", "must not be negative");
  must(o.gradient >= 0, "options.gradient", "must not be negative");
  must(o.brightness + o.gradient > 0, "options.brightness", "and options.gradient must not both be 0");
  must(o.brightness_epsilon >= 0, "options.brightness_epsilon", "must not be negative");
  must(o.gradient_epsilon >= 0, "options.gradient_epsilon", "must not be negative");
  must(o.edge_scale >= 0, "options.edge_scale", "must not be negative");
  must(o.edge_floor >= 0 && o.edge_floor <= 1, "options.edge_floor", "must be in [0, 1]");
  must(o.warps >= 1, "options.warps", "must be at least 1");
  must(o.sweeps >= 1, "options.sweeps", "must be at least 1");
  must(o.chebyshev_radius >= 0 && o.chebyshev_radius < 1, "options.chebyshev_radius", "must be in [0, 1)");
  must(o.max_increment > 0 && o.max_increment <= 511, "options.max_increment", "must be in (0, 511]");
  must(o.median_radius >= 0 && o.median_radius <= 3, "options.median_radius", "must be 0 to 3");
  must(o.median_passes >= 1 && o.median_passes <= 8, "options.median_passes", "must be 1 to 8");
  check_pyramid(pyramid_of(o), function);
  check_validity(o.validity, function);
  check_threads({function}, o.threads);
}

namespace {

constexpr const char* function = "horn_schunck";

std::unique_ptr<dense_method> method_of(const horn_schunck_options& o) {
  if (o.model == horn_schunck_model::classic) return std::make_unique<classic_method>(o);
  return std::make_unique<variational_method>(o);
}

dense_settings settings_of(const flow_geometry& geometry, const horn_schunck_options& o) {
  return {.function = function,
          .geometry = geometry,
          .pyramid = pyramid_of(o),
          .warps = o.warps,
          .median_radius = o.median_radius,
          .median_passes = o.median_passes,
          .limit = static_cast<int>(std::lround(o.max_increment * 64)),
          .validity = o.validity};
}

}  // namespace
}  // namespace host

inline namespace v0 {

struct horn_schunck::impl {
  impl(const flow_geometry& g, const horn_schunck_options& o, fluxel::backend b)
      : object(b, host::settings_of(g, o), host::method_of(o), o.threads) {}
  host::flow_object object;
};

horn_schunck_options horn_schunck_preset(flow_quality quality) {
  horn_schunck_options o;
  if (quality == flow_quality::fast) {
    o.pyramid_factor = 0.5;
    o.warps = 2;
    o.sweeps = 6;
  } else if (quality == flow_quality::accurate) {
    o.warps = 10;
    o.sweeps = 10;
  }
  return o;
}

horn_schunck_options horn_schunck_multiscale() {
  horn_schunck_options o;
  o.brightness = 1;
  o.gradient = 0;
  o.brightness_epsilon = o.gradient_epsilon = 0;
  o.edge_scale = 0;
  o.smoothness = 20;
  o.presmoothing = 0.3;
  o.warps = 10;
  o.sweeps = 15;
  o.chebyshev_radius = 0.97;
  o.median_radius = 2;
  o.median_passes = 1;
  return o;
}

horn_schunck_options horn_schunck_classic(double lambda, int iterations) {
  horn_schunck_options o;
  o.model = horn_schunck_model::classic;
  o.smoothness = lambda;
  o.sweeps = iterations;
  o.presmoothing = 0;
  return o;
}

horn_schunck::horn_schunck(const flow_geometry& geometry, const horn_schunck_options& options, run_on device) {
  const host::default_float_environment environment;
  host::check_geometry(geometry, host::function);
  host::check_options(options, host::function);
  const auto b = host::choose_backend(device, host::function);
  impl_ = host::translate_bad_alloc(host::function, [&] { return std::make_unique<impl>(geometry, options, b); });
}
horn_schunck::horn_schunck(horn_schunck&&) noexcept = default;
horn_schunck& horn_schunck::operator=(horn_schunck&&) noexcept = default;
horn_schunck::~horn_schunck() = default;

backend horn_schunck::backend() const { return impl_->object.runs_on(); }
void horn_schunck::restart() { impl_->object.restart(); }

template <class T>
void horn_schunck::solve(const flow_pair<T>& pair, const flow_result& result, stream_ref stream) {
  const host::default_float_environment environment;
  impl_->object.solve(host::arguments_of(pair, result), stream);
}

template <class T>
bool horn_schunck::advance(const flow_frame<T>& next, const flow_result& result, stream_ref stream) {
  const host::default_float_environment environment;
  return impl_->object.advance(host::arguments_of(next, result), next.start, stream);
}

template void horn_schunck::solve(const flow_pair<u8>&, const flow_result&, stream_ref);
template void horn_schunck::solve(const flow_pair<u16>&, const flow_result&, stream_ref);
template void horn_schunck::solve(const flow_pair<f32>&, const flow_result&, stream_ref);
template bool horn_schunck::advance(const flow_frame<u8>&, const flow_result&, stream_ref);
template bool horn_schunck::advance(const flow_frame<u16>&, const flow_result&, stream_ref);
template bool horn_schunck::advance(const flow_frame<f32>&, const flow_result&, stream_ref);

}  // namespace v0
}  // namespace fluxel
