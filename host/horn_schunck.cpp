#include "fluxel/horn_schunck.hpp"

#include <string>

#include "host/device.hpp"
#include "host/float_environment.hpp"
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

/// The images of one solve.
struct flow_call {
  kernels::image prev, next, flow;

  kernels::status run(variational_solver& solver, const kernels::execution& how) const {
    kernels::image v = flow;
    v.data = static_cast<float*>(v.data) + 1;
    return solver.solve(prev, next, flow, v, how);
  }
};

void check_call(const flow_geometry& g, const flow_call& call) {
  auto fits = [&](const kernels::image& im, int channels) {
    return im.width == g.width && im.height == g.height && im.channels == channels && im.planes == 1 && im.count == 1;
  };
  require(fits(call.prev, g.channels), "prev", "does not have the geometry's size and channels");
  require(fits(call.next, g.channels), "next", "does not have the geometry's size and channels");
  require(fits(call.flow, 2), "flow", "must be width x height with 2 channels");
}

/// Through memory of the device, finished on return.
void run_staged(variational_solver& solver, const flow_call& host, int element_bytes, scratch& memory,
                const kernels::execution& how) {
  const auto& row = cuda_row(function);
  auto packed = [](kernels::image im, std::size_t bytes, std::byte* at) {
    im.pitch = static_cast<std::ptrdiff_t>(bytes);
    im.plane_stride = im.stride = im.pitch * im.height;
    im.data = at;
    return im;
  };
  const std::size_t frame_row = std::size_t(host.prev.width) * host.prev.channels * element_bytes;
  const std::size_t flow_row = std::size_t(host.flow.width) * 2 * sizeof(float);
  const std::size_t frame = (frame_row * host.prev.height + 255) / 256 * 256;
  auto* base = static_cast<std::byte*>(memory.reserve(2 * frame + flow_row * host.flow.height, function));
  const flow_call device{packed(host.prev, frame_row, base), packed(host.next, frame_row, base + frame),
                         packed(host.flow, flow_row, base + 2 * frame)};
  auto copy = [&](auto rows, const kernels::image& to, const kernels::image& from, std::size_t bytes) {
    for (int y = 0; y < to.height; ++y)  // rows of a flipped view descend
      check(rows({static_cast<std::byte*>(to.data) + y * to.pitch, static_cast<std::ptrdiff_t>(bytes)},
                 {static_cast<std::byte*>(from.data) + y * from.pitch, static_cast<std::ptrdiff_t>(bytes)}, bytes, 1,
                 nullptr),
            function);
  };
  copy(row.memory.upload_rows, device.prev, host.prev, frame_row);
  copy(row.memory.upload_rows, device.next, host.next, frame_row);
  check(device.run(solver, how), function);
  copy(row.memory.download_rows, host.flow, device.flow, flow_row);
  check(row.memory.synchronize(nullptr), function);
}

}  // namespace
}  // namespace host

inline namespace v0 {

struct horn_schunck::impl {
  impl(const flow_geometry& g, const horn_schunck_options& o, fluxel::backend b)
      : geometry(g),
        options(o),
        backend(b),
        device(b == backend::cuda ? kernels::cuda_current_device() : -1),
        solver(b, g, o),
        staged(b) {}

  flow_geometry geometry;
  horn_schunck_options options;
  fluxel::backend backend;
  int device;
  host::variational_solver solver;
  host::scratch staged;  ///< host views of a CUDA object
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

horn_schunck::horn_schunck(const flow_geometry& geometry, const horn_schunck_options& options, run_on device) {
  const host::default_float_environment environment;
  host::check_geometry(geometry);
  host::check_options(options);
  host::require(device != run_on::by_memory, "device", "must be cpu, cuda or automatic");
  const bool cuda = device == run_on::cuda || (device == run_on::automatic && host::cuda_problem().empty());
  if (cuda) host::cuda_row(host::function);
  impl_ = host::guard_memory(host::function, [&] {
    return std::make_unique<impl>(geometry, options, cuda ? backend::cuda : backend::cpu);
  });
}
horn_schunck::horn_schunck(horn_schunck&&) noexcept = default;
horn_schunck& horn_schunck::operator=(horn_schunck&&) noexcept = default;
horn_schunck::~horn_schunck() = default;

backend horn_schunck::backend() const { return impl_->backend; }

template <class T>
void horn_schunck::solve(std::type_identity_t<image_view<const T>> prev, image_view<const T> next,
                         image_view<float> flow, stream_ref stream) {
  const host::default_float_environment environment;
  const auto& g = impl_->geometry;
  host::require(element_traits<T>::type == g.type, "prev", "has another pixel type than the geometry");
  host::flow_call call{host::check_view({host::function}, "prev", host::erase(prev)),
                       host::check_view({host::function}, "next", host::erase(next)),
                       host::check_view({host::function}, "flow", host::erase(flow))};
  host::check_call(g, call);
  host::require(prev.memory == next.memory && prev.memory == flow.memory, "flow", "is not in the frames' memory");
  host::check_stream({host::function}, flow.memory, stream);
  const bool on_device = backend_for(flow.memory) == backend::cuda;
  host::require(!on_device || impl_->backend == backend::cuda, "flow", "is device memory, but the object runs on the CPU");
  const host::device_scope scope(impl_->device, host::function);
  const kernels::execution how{stream.get(), impl_->options.threads};
  if (on_device || impl_->backend == backend::cpu) {
    host::check(call.run(impl_->solver, how), host::function);
  } else {
    host::run_staged(impl_->solver, call, sizeof(T), impl_->staged, how);
  }
}

template void horn_schunck::solve<u8>(image_view<const u8>, image_view<const u8>, image_view<float>, stream_ref);
template void horn_schunck::solve<u16>(image_view<const u16>, image_view<const u16>, image_view<float>, stream_ref);
template void horn_schunck::solve<f32>(image_view<const f32>, image_view<const f32>, image_view<float>, stream_ref);

}  // namespace v0
}  // namespace fluxel
