// SPDX-License-Identifier: Apache-2.0
#include "host/flow/flow_object.hpp"

#include <array>
#include <utility>

#include "host/core/device.hpp"
#include "host/core/errors.hpp"
#include "host/core/staging.hpp"

namespace fluxel::host {

using kernels::image;
using kernels::status;

void check_geometry(const flow_geometry& g, const char* function) {
  require(g.width >= 1, function, "geometry.width", "must be at least 1");
  require(g.height >= 1, function, "geometry.height", "must be at least 1");
  require(g.channels >= 1 && g.channels <= 4, function, "geometry.channels", "must be 1 to 4");
  require(g.type == element_type::u8 || g.type == element_type::u16 || g.type == element_type::f32, function,
          "geometry.type", "must be u8, u16 or f32");
  require(g.count >= 1 && g.count <= 65535, function, "geometry.count", "must be 1 to 65535");
}

void check_pyramid(const pyramid_settings& p, const char* function) {
  require(p.presmoothing >= 0 && p.presmoothing <= 10, function, "options.presmoothing", "must be in [0, 10]");
  require(p.factor >= 0.3 && p.factor <= 0.95, function, "options.pyramid_factor", "must be in [0.3, 0.95]");
  require(p.coarsest_side >= 4, function, "options.coarsest_side", "must be at least 4");
  require(p.max_levels >= 1 && p.max_levels <= 64, function, "options.max_levels", "must be 1 to 64");
  require(p.bit_depth >= 8 && p.bit_depth <= 16, function, "options.bit_depth", "must be 8 to 16");
  require(p.white > 0, function, "options.white", "must be above 0");
}

void check_validity(const flow_validity_options& v, const char* function) {
  require(v.flat >= 0, function, "options.validity.flat", "must not be negative");
  require(v.aperture >= 0, function, "options.validity.aperture", "must not be negative");
  require(v.consistency >= 0 && v.consistency <= 512, function, "options.validity.consistency",
          "must be in [0, 512]");
}

/// Views that have been checked, as images; absent ones have no data.
struct flow_object::checked_call {
  enum role { prev, prev_mask, next, next_mask, initial, inputs, flow = inputs, validity, confidence, all };
  std::array<image, all> images;
  std::array<int, all> element_bytes{};
  bool on_device = false;

  frame_images first() const { return {images[prev], images[prev_mask]}; }
  frame_images second() const { return {images[next], images[next_mask]}; }
  guess_images guess() const { return {u_of(images[initial]), v_of(images[initial])}; }
  result_images result() const {
    return {u_of(images[flow]), v_of(images[flow]), images[validity], images[confidence]};
  }

 private:
  static image u_of(image im) {
    im.planes = 1;
    return im;
  }
  static image v_of(image im) {
    if (im.data != nullptr)
      im.data =
          static_cast<std::byte*>(im.data) + (im.channels == 2 ? std::ptrdiff_t{sizeof(float)} : im.plane_stride);
    return u_of(im);
  }
};

namespace {

bool is_flow(const image& im) { return (im.channels == 2 && im.planes == 1) || (im.channels == 1 && im.planes == 2); }

/// The same memory as bytes, so that views of different types can be compared.
image as_bytes(image im, int element_bytes) {
  im.channels *= element_bytes;
  return im;
}

}  // namespace

flow_object::flow_object(fluxel::backend b, const dense_settings& settings, std::unique_ptr<dense_method> step,
                         int threads)
    : backend_(b),
      function_(settings.function),
      geometry_(settings.geometry),
      threads_(threads),
      device_(b == backend::cuda ? kernels::cuda_current_device() : -1),
      solver_(b, settings, std::move(step)),
      staged_(b) {}

flow_object::checked_call flow_object::check_call(const flow_arguments& call, bool has_result,
                                                  stream_ref stream) const {
  using role = checked_call;
  const flow_geometry& g = geometry_;
  const flow_argument* arguments[] = {&call.prev,    &call.prev_mask, &call.next,     &call.next_mask,
                                      &call.initial, &call.flow,      &call.validity, &call.confidence};
  const memory_kind memory = call.next.view.memory;
  checked_call checked;
  for (int i = 0; i < role::all; ++i) {
    const flow_argument& a = *arguments[i];
    const bool frame = i == role::prev || i == role::next, vectors = i == role::initial || i == role::flow;
    if (i == role::prev && call.prev.view.image.data == nullptr && call.prev.view.image.width == 0) continue;
    if (i >= role::inputs && !has_result) continue;
    const bool required = frame || i == role::flow;
    if (!required && a.view.image.data == nullptr) continue;
    const image im = check_view({function_}, a.name, a.view);
    if (frame) require(call.type == g.type, function_, a.name, "has another pixel type than the geometry");
    require(im.width == g.width && im.height == g.height, function_, a.name, "does not have the geometry's size");
    require(im.count == g.count, function_, a.name, "does not have the geometry's count");
    if (vectors)
      require(is_flow(im), function_, a.name, "must have 2 channels, or 2 planes of 1 channel");
    else
      require(im.planes == 1 && im.channels == (frame ? g.channels : 1), function_, a.name,
              frame ? "does not have the geometry's channels" : "must have 1 channel");
    require(a.view.memory == memory, function_, a.name, "is in other memory than the frames");
    checked.images[i] = im;
    checked.element_bytes[i] = a.view.element_bytes;
    if (i < role::inputs) continue;
    for (int j = 0; j < i; ++j)
      if (checked.images[j].data != nullptr &&
          overlap(as_bytes(im, a.view.element_bytes), as_bytes(checked.images[j], checked.element_bytes[j]), 1))
        reject({function_}, a.name, std::string("overlaps ") + arguments[j]->name);
  }
  check_stream({function_}, memory, stream);
  checked.on_device = backend_for(memory) == backend::cuda;
  require(!checked.on_device || backend_ == backend::cuda, function_, call.next.name,
          "is device memory, but the object runs on the CPU");
  return checked;
}

/// run_on_images(call) on the caller's memory, or on device copies of it, finished on return.
template <class Run>
void flow_object::run(checked_call& call, stream_ref stream, const Run& run_on_images) {
  const device_scope scope(device_, function_);
  const kernels::launch_options launch{stream.get(), threads_};
  if (call.on_device || backend_ == backend::cpu) {
    check(run_on_images(call, launch), function_);
    return;
  }
  checked_call device = call;
  auto place = [&](std::byte* base) {
    std::size_t used = 0;
    for (int i = 0; i < checked_call::all; ++i)
      if (call.images[i].data != nullptr)
        device.images[i] = place_on_device(call.images[i], call.element_bytes[i], base, used);
    return used;
  };
  place(static_cast<std::byte*>(staged_.reserve(place(nullptr), function_)));
  for (int i = 0; i < checked_call::inputs; ++i)
    if (call.images[i].data != nullptr)
      upload_image(device.images[i], call.images[i], call.element_bytes[i], nullptr, function_);
  check(run_on_images(device, launch), function_);
  for (int i = checked_call::inputs; i < checked_call::all; ++i)
    if (call.images[i].data != nullptr)
      download_image(call.images[i], device.images[i], call.element_bytes[i], nullptr, function_);
  check(cuda_table(function_).memory.synchronize(nullptr), function_);
}

void flow_object::solve(const flow_arguments& call, stream_ref stream) {
  auto checked = check_call(call, true, stream);
  require(checked.images[checked_call::prev].data != nullptr, function_, "prev", "is empty");
  restart();
  run(checked, stream, [&](const checked_call& c, const kernels::launch_options& launch) {
    return solver_.solve(c.first(), c.second(), c.guess(), c.result(), launch);
  });
}

bool flow_object::advance(const flow_arguments& call, flow_start start, stream_ref stream) {
  auto checked = check_call(call, solver_.has_previous(), stream);
  bool has_result = false;
  run(checked, stream, [&](const checked_call& c, const kernels::launch_options& launch) {
    return solver_.advance(c.second(), start, c.result(), has_result, launch);
  });
  return has_result;
}

}  // namespace fluxel::host
