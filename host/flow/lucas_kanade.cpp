// SPDX-License-Identifier: Apache-2.0
#include "fluxel/lucas_kanade.hpp"

#include <cmath>

#include "host/core/float_environment.hpp"
#include "host/flow/flow_object.hpp"
#include "host/flow/windows.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr const char* function = "lucas_kanade";

pyramid_settings pyramid_of(const lucas_kanade_options& o) {
  return {.presmoothing = o.presmoothing,
          .factor = o.pyramid_factor,
          .coarsest_side = o.coarsest_side,
          .max_levels = o.model == lucas_kanade_model::classic ? 1 : o.max_levels,
          .bit_depth = o.bit_depth,
          .white = o.white};
}

void check_options(const lucas_kanade_options& o) {
  auto must = [](bool holds, const char* argument, const char* problem) {
    require(holds, function, argument, problem);
  };
  must(o.model == lucas_kanade_model::warping || o.model == lucas_kanade_model::classic, "options.model",
       "must be warping or classic");
  must(o.brightness >= 0 && o.brightness <= 1e6, "options.brightness", "must be in [0, 1e6]");
  must(o.gradient >= 0 && o.gradient <= 1e6, "options.gradient", "must be in [0, 1e6]");
  must(o.brightness + o.gradient > 0, "options.brightness", "and options.gradient must not both be 0");
  must(o.brightness_epsilon >= 0, "options.brightness_epsilon", "must not be negative");
  must(o.gradient_epsilon >= 0, "options.gradient_epsilon", "must not be negative");
  must(o.contrast_limit >= 0, "options.contrast_limit", "must not be negative");
  must(o.window_radius >= 0 && o.window_radius <= kernels::window_max_radius, "options.window_radius",
       "must be 0 to 15");
  must(o.window_sigma >= 0, "options.window_sigma", "must not be negative");
  must(o.ridge >= 0, "options.ridge", "must not be negative");
  must(o.warps >= 1, "options.warps", "must be at least 1");
  must(o.max_increment > 0 && o.max_increment <= 511, "options.max_increment", "must be in (0, 511]");
  must(o.median_radius >= 0 && o.median_radius <= 3, "options.median_radius", "must be 0 to 3");
  must(o.median_passes >= 1 && o.median_passes <= 8, "options.median_passes", "must be 1 to 8");
  check_pyramid(pyramid_of(o), function);
  check_validity(o.validity, function);
  check_threads({function}, o.threads);
}

dense_settings settings_of(const flow_geometry& geometry, const lucas_kanade_options& o) {
  const bool classic = o.model == lucas_kanade_model::classic;
  return {.function = function,
          .geometry = geometry,
          .pyramid = pyramid_of(o),
          .warps = classic ? 1 : o.warps,
          .median_radius = classic ? 0 : o.median_radius,
          .median_passes = o.median_passes,
          .structure_radius = o.window_radius,
          .limit = static_cast<int>(std::lround(o.max_increment * 64)),
          .validity = o.validity};
}

}  // namespace
}  // namespace host

inline namespace v0 {

struct lucas_kanade::impl {
  impl(const flow_geometry& g, const lucas_kanade_options& o, fluxel::backend b)
      : object(b, host::settings_of(g, o), std::make_unique<host::window_method>(o, b), o.threads) {}
  host::flow_object object;
};

lucas_kanade_options lucas_kanade_preset(flow_quality quality) {
  lucas_kanade_options o;
  if (quality == flow_quality::fast)
    o.pyramid_factor = 0.5;
  else if (quality == flow_quality::accurate)
    o.warps = 5;
  return o;
}

lucas_kanade_options lucas_kanade_multiscale() {
  lucas_kanade_options o;
  o.brightness = 1;
  o.gradient = 0;
  o.brightness_epsilon = o.gradient_epsilon = 0;
  o.contrast_limit = 0;
  o.window_radius = 7;
  o.pyramid_factor = 0.5;
  o.warps = 5;
  o.median_radius = 0;
  return o;
}

lucas_kanade_options lucas_kanade_classic(int window_radius) {
  auto o = lucas_kanade_multiscale();
  o.model = lucas_kanade_model::classic;
  o.window_radius = window_radius;
  o.presmoothing = 0;
  o.ridge = 0;
  o.max_increment = 511;
  return o;
}

lucas_kanade::lucas_kanade(const flow_geometry& geometry, const lucas_kanade_options& options, run_on device) {
  const host::default_float_environment environment;
  host::check_geometry(geometry, host::function);
  host::check_options(options);
  const auto b = host::choose_backend(device, host::function);
  impl_ = host::translate_bad_alloc(host::function, [&] { return std::make_unique<impl>(geometry, options, b); });
}
lucas_kanade::lucas_kanade(lucas_kanade&&) noexcept = default;
lucas_kanade& lucas_kanade::operator=(lucas_kanade&&) noexcept = default;
lucas_kanade::~lucas_kanade() = default;

backend lucas_kanade::backend() const { return impl_->object.runs_on(); }
void lucas_kanade::restart() { impl_->object.restart(); }

template <class T>
void lucas_kanade::solve(const flow_pair<T>& pair, const flow_result& result, stream_ref stream) {
  const host::default_float_environment environment;
  impl_->object.solve(host::arguments_of(pair, result), stream);
}

template <class T>
bool lucas_kanade::advance(const flow_frame<T>& next, const flow_result& result, stream_ref stream) {
  const host::default_float_environment environment;
  return impl_->object.advance(host::arguments_of(next, result), next.start, stream);
}

template void lucas_kanade::solve(const flow_pair<u8>&, const flow_result&, stream_ref);
template void lucas_kanade::solve(const flow_pair<u16>&, const flow_result&, stream_ref);
template void lucas_kanade::solve(const flow_pair<f32>&, const flow_result&, stream_ref);
template bool lucas_kanade::advance(const flow_frame<u8>&, const flow_result&, stream_ref);
template bool lucas_kanade::advance(const flow_frame<u16>&, const flow_result&, stream_ref);
template bool lucas_kanade::advance(const flow_frame<f32>&, const flow_result&, stream_ref);

}  // namespace v0
}  // namespace fluxel
