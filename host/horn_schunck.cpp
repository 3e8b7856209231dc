#include "fluxel/horn_schunck.hpp"

#include <string>

#include "host/device.hpp"
#include "host/flow/variational.hpp"
#include "host/views.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr const char* function = "horn_schunck";

void require(bool holds, const char* argument, const char* problem) {
  if (!holds) reject({function}, argument, problem);
}

void check_geometry(const flow_geometry& g) {
  require(g.width >= 1, "geometry.width", "must be at least 1");
  require(g.height >= 1, "geometry.height", "must be at least 1");
  require(g.channels >= 1 && g.channels <= 4, "geometry.channels", "must be 1 to 4");
  require(g.type == element_type::u8 || g.type == element_type::u16 || g.type == element_type::f32, "geometry.type",
          "must be u8, u16 or f32");
}

void check_options(const horn_schunck_options& o) {
  require(o.smoothness > 0, "options.smoothness", "must be above 0");
  require(o.brightness >= 0, "options.brightness", "must not be negative");
  require(o.gradient >= 0, "options.gradient", "must not be negative");
  require(o.brightness + o.gradient > 0, "options.brightness", "and options.gradient must not both be 0");
  require(o.brightness_epsilon >= 0, "options.brightness_epsilon", "must not be negative");
  require(o.gradient_epsilon >= 0, "options.gradient_epsilon", "must not be negative");
  require(o.edge_scale >= 0, "options.edge_scale", "must not be negative");
  require(o.edge_floor >= 0 && o.edge_floor <= 1, "options.edge_floor", "must be in [0, 1]");
  require(o.presmoothing >= 0 && o.presmoothing <= 10, "options.presmoothing", "must be in [0, 10]");
  require(o.pyramid_factor >= 0.3 && o.pyramid_factor <= 0.95, "options.pyramid_factor", "must be in [0.3, 0.95]");
  require(o.coarsest_side >= 4, "options.coarsest_side", "must be at least 4");
  require(o.max_levels >= 1, "options.max_levels", "must be at least 1");
  require(o.warps >= 1, "options.warps", "must be at least 1");
  require(o.sweeps >= 1, "options.sweeps", "must be at least 1");
  require(o.chebyshev_radius >= 0 && o.chebyshev_radius < 1, "options.chebyshev_radius", "must be in [0, 1)");
  require(o.max_increment > 0 && o.max_increment <= 511, "options.max_increment", "must be in (0, 511]");
  require(o.median_radius >= 0 && o.median_radius <= 3, "options.median_radius", "must be 0 to 3");
  require(o.bit_depth >= 8 && o.bit_depth <= 16, "options.bit_depth", "must be 8 to 16");
  require(o.white > 0, "options.white", "must be above 0");
  check_threads({function}, o.threads);
}

}  // namespace
}  // namespace host

inline namespace v0 {

struct horn_schunck::impl {
  flow_geometry geometry;
  horn_schunck_options options;
  fluxel::backend backend;
  host::variational_solver solver;
};

horn_schunck_options horn_schunck_preset(flow_quality quality) {
  horn_schunck_options o;
  if (quality == flow_quality::fast) {
    o.pyramid_factor = 0.5;
    o.warps = 2;
    o.sweeps = 15;
  } else if (quality == flow_quality::accurate) {
    o.warps = 10;
    o.sweeps = 30;
    o.chebyshev_radius = 0.97;
  }
  return o;
}

horn_schunck::horn_schunck(const flow_geometry& geometry, const horn_schunck_options& options, run_on device) {
  host::check_geometry(geometry);
  host::check_options(options);
  host::require(device != run_on::cuda, "device", "has no CUDA kernels for optical flow yet");
  const auto chosen = backend::cpu;
  const auto& row = host::row_of(chosen, host::function);
  impl_ = host::guard_memory(host::function, [&] {
    return std::unique_ptr<impl>(
        new impl{geometry, options, chosen, host::variational_solver(row, geometry, options)});
  });
}
horn_schunck::horn_schunck(horn_schunck&&) noexcept = default;
horn_schunck& horn_schunck::operator=(horn_schunck&&) noexcept = default;
horn_schunck::~horn_schunck() = default;

backend horn_schunck::backend() const { return impl_->backend; }

template <class T>
void horn_schunck::solve(std::type_identity_t<image_view<const T>> prev, image_view<const T> next,
                         image_view<float> flow, stream_ref stream) {
  const auto& g = impl_->geometry;
  const auto first = host::check_view({host::function}, "prev", host::erase(prev));
  const auto second = host::check_view({host::function}, "next", host::erase(next));
  auto out = host::check_view({host::function}, "flow", host::erase(flow));
  auto fits = [&](const kernels::image& im, int channels) {
    return im.width == g.width && im.height == g.height && im.channels == channels && im.planes == 1 && im.count == 1;
  };
  host::require(element_traits<T>::type == g.type, "prev", "has another pixel type than the geometry");
  host::require(fits(first, g.channels), "prev", "does not have the geometry's size and channels");
  host::require(fits(second, g.channels), "next", "does not have the geometry's size and channels");
  host::require(fits(out, 2), "flow", "must be width x height with 2 channels");
  kernels::image v = out;
  v.data = static_cast<float*>(v.data) + 1;
  host::check(impl_->solver.solve(first, second, out, v, {stream.get(), impl_->options.threads}), host::function);
}

template void horn_schunck::solve<u8>(image_view<const u8>, image_view<const u8>, image_view<float>, stream_ref);
template void horn_schunck::solve<u16>(image_view<const u16>, image_view<const u16>, image_view<float>, stream_ref);
template void horn_schunck::solve<f32>(image_view<const f32>, image_view<const f32>, image_view<float>, stream_ref);

}  // namespace v0
}  // namespace fluxel
