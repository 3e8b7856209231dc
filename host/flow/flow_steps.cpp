// SPDX-License-Identifier: Apache-2.0
#include "fluxel/flow_steps.hpp"

#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "host/core/device.hpp"
#include "host/core/float_environment.hpp"
#include "host/flow/flow_object.hpp"
#include "host/flow/horn_schunck.hpp"
#include "host/flow/variational.hpp"
#include "host/plan/pyramid.hpp"

namespace fluxel {

namespace host {
namespace {

template <class T>
kernels::plane<T> plane_of(const kernels::image& im) {
  constexpr auto bytes = static_cast<std::ptrdiff_t>(sizeof(T));
  return {static_cast<T*>(im.data), im.width, im.height, im.pitch / bytes, im.count, im.stride / bytes};
}

/// The views of one call: checked as they are named, inputs before outputs. The CPU's kernels read and write whole
/// vectors, for which the solver's planes have room: views in host memory are copied into such planes and back.
class step_call {
 public:
  explicit step_call(const char* function) : function_(function) {}

  template <class T>
  kernels::plane<T> input(const char* name, const image_view<T>& view) {
    return place<T>(take(name, view));
  }
  template <class T>
  kernels::plane<T> output(const char* name, const image_view<T>& view) {
    const kernels::image im = take(name, view);
    for (std::size_t i = 0; i + 1 < taken_.size(); ++i)
      if (overlap(taken_.back().bytes, taken_[i].bytes, 1)) reject({function_}, name, "overlaps " + taken_[i].name);
    taken_.back().written = true;
    return place<T>(im);
  }
  kernels::flow_planes input(const char* name, const flow_steps::flow_views<const flow_steps::i16>& f) {
    const std::string base = name;
    const auto u = input((base + ".u").c_str(), f.u), v = input((base + ".v").c_str(), f.v);
    return {writable(u), writable(v)};
  }
  kernels::flow_planes output(const char* name, const flow_steps::flow_views<flow_steps::i16>& f) {
    const std::string base = name;
    const auto u = output((base + ".u").c_str(), f.u);
    return {u, output((base + ".v").c_str(), f.v)};
  }
  /// The kernels' structures hold planes that can be written; an input is never written.
  template <class T>
  static kernels::plane<T> writable(const kernels::plane<const T>& p) {
    return {const_cast<T*>(p.data), p.width, p.height, p.pitch, p.count, p.stride};
  }
  /// Later views may have another size.
  void new_size() { sized_ = false; }

  /// run_on(row, how) on the processor of the views' memory.
  template <class Run>
  void run(int threads, stream_ref stream, const Run& run_on) const {
    check_threads({function_}, threads);
    check_stream({function_}, memory_, stream);
    const auto& table = table_for(backend_for(memory_), function_);
    check(run_on(table, kernels::launch_options{stream.get(), threads}), function_);
    for (const auto& view : taken_)
      if (view.written && view.copy.data != nullptr) copy_rows(view.bytes, view.copy);
  }
  memory_kind memory() const { return memory_; }

 private:
  struct taken {
    std::string name;
    kernels::image bytes;  ///< with one channel per byte
    kernels::image copy;   ///< in room for whole vectors; no data: the kernels take the view itself
    std::vector<std::byte> room;
    bool written = false;
  };

  template <class T>
  kernels::image take(const char* name, const image_view<T>& view) {
    const kernels::image im = check_view({function_}, name, erase(view));
    require(im.channels == 1 && im.planes == 1, function_, name, "must have 1 channel and 1 plane");
    if (taken_.empty()) memory_ = view.memory;
    require(view.memory == memory_, function_, name, "is in other memory than the views before it");
    if (!std::exchange(sized_, true)) first_ = im;
    require(im.width == first_.width && im.height == first_.height && im.count == first_.count, function_, name,
            "has another size or count than the views before it");
    kernels::image bytes = im;
    bytes.channels = static_cast<int>(sizeof(T));
    taken_.push_back({.name = name, .bytes = bytes, .copy = {}, .room = {}});
    return im;
  }

  template <class T>
  kernels::plane<T> place(const kernels::image& im) {
    if (backend_for(memory_) == backend::cuda) return plane_of<T>(im);
    constexpr std::size_t line = 64;
    plane_layout size_of(im.count);
    size_of.take<std::remove_const_t<T>>({im.width, im.height});
    taken& view = taken_.back();
    view.room.resize(size_of.used() + line);
    void* base = view.room.data();
    std::size_t space = view.room.size();
    plane_layout layout(im.count, static_cast<std::byte*>(std::align(line, size_of.used(), base, space)));
    const auto p = layout.take<std::remove_const_t<T>>({im.width, im.height});
    view.copy = image_of(p);
    view.copy.channels = static_cast<int>(sizeof(T));
    if (!view.written) copy_rows(view.copy, view.bytes);
    return {p.data, p.width, p.height, p.pitch, p.count, p.stride};
  }

  static void copy_rows(const kernels::image& to, const kernels::image& from) {
    const auto bytes = static_cast<std::size_t>(to.width) * to.channels;
    for (int n = 0; n < to.count; ++n)
      for (int y = 0; y < to.height; ++y)
        std::memcpy(static_cast<std::byte*>(to.data) + n * to.stride + y * to.pitch,
                    static_cast<const std::byte*>(from.data) + n * from.stride + y * from.pitch, bytes);
  }

  const char* function_;
  memory_kind memory_ = memory_kind::host;
  bool sized_ = false;
  kernels::image first_;
  std::vector<taken> taken_;
};

void check_object_memory(const char* function, const char* argument, backend b, memory_kind memory) {
  require(backend_for(memory) == b, function, argument,
          b == backend::cuda ? "must be device memory: the object runs on CUDA"
                             : "must be host memory: the object runs on the CPU");
}

}  // namespace
}  // namespace host

inline namespace v0 {
namespace flow_steps {

struct image_pyramid::impl {
  static constexpr const char* function = "image_pyramid";

  impl(const flow_geometry& g, const horn_schunck_options& options, fluxel::backend b)
      : geometry(g),
        threads(options.threads),
        backend(b),
        builder(b, function, g, host::pyramid_of(options)),
        block(b) {
    auto layout_planes = [&](std::byte* base) {
      host::plane_layout layout(g.count, base);
      builder.layout_planes(layout);
      levels = builder.layout_pyramid(layout);
      return layout.used();
    };
    layout_planes(static_cast<std::byte*>(block.reserve(layout_planes(nullptr), function)));
  }

  template <class T>
  image_view<const T> view_of(const kernels::plane<T>& p) const {
    constexpr auto bytes = static_cast<std::ptrdiff_t>(sizeof(T));
    return {.data = p.data,
            .width = p.width,
            .height = p.height,
            .pitch = p.pitch * bytes,
            .count = p.count,
            .stride = p.stride * bytes,
            .memory = backend == fluxel::backend::cuda ? memory_kind::device : memory_kind::host};
  }

  flow_geometry geometry;
  int threads;
  fluxel::backend backend;
  host::pyramid_builder builder;
  host::frame_pyramid levels;
  host::device_buffer block;
};

image_pyramid::image_pyramid(const flow_geometry& geometry, const horn_schunck_options& options, run_on device) {
  const host::default_float_environment environment;
  host::check_geometry(geometry, impl::function);
  host::check_pyramid(host::pyramid_of(options), impl::function);
  host::check_threads({impl::function}, options.threads);
  const auto b = host::choose_backend(device, impl::function);
  impl_ = host::translate_bad_alloc(impl::function, [&] { return std::make_unique<impl>(geometry, options, b); });
}
image_pyramid::image_pyramid(image_pyramid&&) noexcept = default;
image_pyramid& image_pyramid::operator=(image_pyramid&&) noexcept = default;
image_pyramid::~image_pyramid() = default;

template <class T>
void image_pyramid::build(image_view<const T> frame, image_view<const u8> mask, stream_ref stream) {
  const host::default_float_environment environment;
  const auto& g = impl_->geometry;
  auto fits = [&](const char* name, const host::any_view& v, int channels) {
    const auto im = host::check_view({impl::function}, name, v);
    host::require(im.width == g.width && im.height == g.height && im.count == g.count && im.planes == 1 &&
                      im.channels == channels,
                  impl::function, name, "does not have the geometry's size, channels and count");
    host::check_object_memory(impl::function, name, impl_->backend, v.memory);
    return im;
  };
  host::require(element_traits<T>::type == g.type, impl::function, "frame",
                "has another pixel type than the geometry");
  const auto im = fits("frame", host::erase(frame), g.channels);
  kernels::image known;
  if (mask.data != nullptr) known = fits("mask", host::erase(mask), 1);
  host::check_stream({impl::function}, frame.memory, stream);
  host::check(impl_->builder.build(im, mask.data == nullptr ? nullptr : &known, impl_->levels,
                                   {stream.get(), impl_->threads}),
              impl::function);
}
template void image_pyramid::build(image_view<const u8>, image_view<const u8>, stream_ref);
template void image_pyramid::build(image_view<const u16>, image_view<const u8>, stream_ref);
template void image_pyramid::build(image_view<const f32>, image_view<const u8>, stream_ref);

int image_pyramid::levels() const { return static_cast<int>(impl_->levels.grey.size()); }
size image_pyramid::level_size(int level) const { return impl_->builder.sizes().at(level); }
image_view<const u16> image_pyramid::grey(int level) const { return impl_->view_of(impl_->levels.grey.at(level)); }
image_view<const u8> image_pyramid::mask(int level) const {
  return impl_->levels.masked ? impl_->view_of(impl_->levels.mask.at(level)) : image_view<const u8>{};
}

void warp(image_view<const u16> prev, image_view<const u16> next, const flow_views<const i16>& flow,
          image_view<i16> warped, image_view<u8> reason, const step_options& options, stream_ref stream) {
  host::step_call call("flow_steps::warp");
  const kernels::flow_frames frames{call.input("prev", prev), call.input("next", next), {}, {}};
  const auto by = call.input("flow", flow);
  const kernels::warped_frame to{call.output("warped", warped), call.output("reason", reason)};
  call.run(options.threads, stream, [&](const kernels::backend_table& table, const kernels::launch_options& launch) {
    return table.flow.warp(frames, by, to, launch);
  });
}

void slopes(image_view<const u16> prev, image_view<const i16> warped, const slope_views& to,
            const step_options& options, stream_ref stream) {
  host::step_call call("flow_steps::slopes");
  const kernels::flow_frames frames{call.input("prev", prev), {}, {}, {}};
  const auto second = call.input("warped", warped);
  const kernels::slope_planes planes{call.output("to.mx", to.mx),   call.output("to.my", to.my),
                                     call.output("to.mxx", to.mxx), call.output("to.mxy", to.mxy),
                                     call.output("to.myy", to.myy), call.output("to.t", to.t),
                                     call.output("to.tx", to.tx),   call.output("to.ty", to.ty)};
  call.run(options.threads, stream, [&](const kernels::backend_table& table, const kernels::launch_options& launch) {
    return table.flow.slopes(frames, second, planes, launch);
  });
}

struct linear_system::impl {
  static constexpr const char* function = "flow_steps::linear_system";

  impl(size s, const horn_schunck_options& options, fluxel::backend b)
      : threads(options.threads), backend(b), step(options), block(b) {
    auto layout_planes = [&](std::byte* base) {
      host::plane_layout layout(1, base);
      step.layout_planes(layout, s);
      return layout.used();
    };
    layout_planes(static_cast<std::byte*>(block.reserve(layout_planes(nullptr), function)));
    host::check(step.upload(host::table_for(b, function)), function);
  }

  int threads;
  fluxel::backend backend;
  host::variational_method step;
  host::device_buffer block;
};

linear_system::linear_system(size frame, const horn_schunck_options& options, run_on device) {
  const host::default_float_environment environment;
  host::require(frame.width >= 1 && frame.height >= 1, impl::function, "frame", "is empty");
  host::check_options(options, impl::function);
  const auto b = host::choose_backend(device, impl::function);
  impl_ = host::translate_bad_alloc(impl::function, [&] { return std::make_unique<impl>(frame, options, b); });
}
linear_system::linear_system(linear_system&&) noexcept = default;
linear_system& linear_system::operator=(linear_system&&) noexcept = default;
linear_system::~linear_system() = default;

void linear_system::solve(image_view<const u16> prev, image_view<const i16> warped, image_view<const u8> reason,
                          const flow_views<const i16>& flow, const flow_views<i16>& updated, stream_ref stream) {
  host::step_call call(impl::function);
  const kernels::flow_frames frames{call.input("prev", prev), {}, {}, {}};
  const auto grey = call.input("warped", warped);
  const auto why = call.input("reason", reason);
  const kernels::warped_frame second{host::step_call::writable(grey), host::step_call::writable(why)};
  const auto from = call.input("flow", flow);
  const auto to = call.output("improved", updated);
  host::require(prev.count == 1, impl::function, "prev.count", "must be 1");
  host::check_object_memory(impl::function, "prev", impl_->backend, call.memory());
  call.run(impl_->threads, stream, [&](const kernels::backend_table& table, const kernels::launch_options& launch) {
    return host::in_order([&] { return impl_->step.begin_level(table, frames, launch); },
                          [&] { return impl_->step.update(table, frames, second, from, to, launch); });
  });
}

void median(const flow_views<const i16>& in, const flow_views<i16>& out, int radius, const step_options& options,
            stream_ref stream) {
  host::step_call call("flow_steps::median");
  const auto from = call.input("in", in);
  const auto to = call.output("out", out);
  host::require(radius >= 1 && radius <= 3, "flow_steps::median", "radius", "must be 1 to 3");
  call.run(options.threads, stream, [&](const kernels::backend_table& table, const kernels::launch_options& launch) {
    return table.flow.median(from, to, radius, launch);
  });
}

void upscale_flow(const flow_views<const i16>& coarse, const flow_views<i16>& fine, const step_options& options,
                  stream_ref stream) {
  host::step_call call("flow_steps::enlarge");
  const auto from = call.input("coarse", coarse);
  call.new_size();
  const auto to = call.output("fine", fine);
  host::require(from.u.count == to.u.count, "flow_steps::enlarge", "fine", "has another count than coarse");
  host::require(from.u.width <= to.u.width && from.u.height <= to.u.height, "flow_steps::enlarge", "fine",
                "is smaller than coarse");
  call.run(options.threads, stream, [&](const kernels::backend_table& table, const kernels::launch_options& launch) {
    return table.flow.upscale_flow(from, to, launch);
  });
}

void check_forward_backward(const flow_views<const i16>& flow, const flow_views<const i16>& back, double distance,
                            image_view<u8> reasons, const step_options& options, stream_ref stream) {
  constexpr const char* function = "flow_steps::check_forward_backward";
  host::step_call call(function);
  const auto there = call.input("flow", flow), again = call.input("back", back);
  const auto to = host::image_of(call.output("reasons", reasons));
  host::require(distance >= 0 && distance <= 512, function, "distance", "must be in [0, 512]");
  call.run(options.threads, stream, [&](const kernels::backend_table& table, const kernels::launch_options& launch) {
    return table.flow.check_forward_backward(there, again, plan::squared_forward_backward_error(distance), to,
                                             launch);
  });
}

}  // namespace flow_steps
}  // namespace v0
}  // namespace fluxel
