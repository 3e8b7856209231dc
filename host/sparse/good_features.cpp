// SPDX-License-Identifier: Apache-2.0
#include "fluxel/good_features.hpp"

#include <cmath>
#include <string>

#include "host/core/call_memory.hpp"
#include "host/core/device.hpp"
#include "host/core/float_environment.hpp"
#include "host/flow/flow_object.hpp"
#include "host/flow/pyramid.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr const char* function = "feature_detector";
constexpr int derivative_taps = 2;  // to each side

void check_options(const feature_options& o) {
  auto require = [](bool holds, const char* argument, const char* problem) {
    host::require(holds, function, argument, problem);
  };
  require(o.quality >= 0 && o.quality <= 1, "options.quality", "must be in [0, 1]");
  require(o.min_distance >= 0 && o.min_distance <= 10000, "options.min_distance", "must be in [0, 10000]");
  require(o.max_count >= 1, "options.max_count", "must be at least 1");
  require(o.window_radius >= 1 && o.window_radius <= 15, "options.window_radius", "must be 1 to 15");
  require(o.bit_depth >= 8 && o.bit_depth <= 16, "options.bit_depth", "must be 8 to 16");
  require(o.white > 0, "options.white", "must be above 0");
  check_threads({function}, o.threads);
}

pyramid_settings one_level(const feature_options& o) {
  return {.max_levels = 1, .bit_depth = o.bit_depth, .white = o.white};
}

kernels::plane<const u8> byte_plane(const kernels::image& im) {
  return {static_cast<const u8*>(im.data), im.width, im.height, im.pitch};
}

}  // namespace
}  // namespace host

inline namespace v0 {

struct feature_detector::impl {
  impl(fluxel::backend b, const flow_geometry& g, const feature_options& o)
      : geometry(g),
        options(o),
        backend(b),
        device(b == backend::cuda ? kernels::cuda_current_device() : -1),
        table(host::table_for(b, host::function)),
        builder(b, host::function, g, host::one_level(o)),
        block(b),
        staged(b) {
    search.quality = static_cast<float>(o.quality);
    search.distance_squared = static_cast<int>(std::ceil(o.min_distance * o.min_distance));
    search.cell = static_cast<int>(std::ceil(std::max(o.min_distance, 1.0)));
    search.max_count = o.max_count;
    search.unknown_reach = o.window_radius + host::derivative_taps;
    host::plane_layout count(1);
    layout_planes(count);
    host::plane_layout place(1, static_cast<std::byte*>(block.reserve(count.used(), host::function)));
    layout_planes(place);
  }

  void layout_planes(host::plane_layout& layout) {
    level = builder.layout_pyramid(layout);
    builder.layout_planes(layout);
    search.strength = layout.take<float>({geometry.width, geometry.height});
    // In rows: its bytes may be more than an int holds.
    const std::size_t bytes = table.sparse.feature_workspace(search);
    workspace = layout.take<std::byte>({1 << 16, static_cast<int>((bytes >> 16) + 1)}).data;
  }

  kernels::status run(const kernels::image& frame, const kernels::image& mask, const kernels::feature_list& list,
                      const kernels::launch_options& launch) {
    kernels::feature_search s = search;
    if (mask.data != nullptr) s.mask = host::byte_plane(mask);
    return host::in_order([&] { return builder.build(frame, nullptr, level, launch); },
                          [&] {
                            if (level.masked) s.unknown = level.mask[0];
                            return table.flow.structure(level.grey[0], options.window_radius, s.strength, {}, launch);
                          },
                          [&] { return table.sparse.find_features(s, list, workspace, launch); });
  }

  flow_geometry geometry;
  feature_options options;
  fluxel::backend backend;
  int device;
  const kernels::backend_table& table;
  host::pyramid_builder builder;
  host::frame_pyramid level;
  kernels::feature_search search;
  void* workspace = nullptr;
  host::device_buffer block;
  host::device_buffer staged;  ///< host views of a CUDA object
};

feature_detector::feature_detector(const flow_geometry& geometry, const feature_options& options, run_on device) {
  const host::default_float_environment environment;
  host::check_geometry(geometry, host::function);
  host::require(geometry.count == 1, host::function, "geometry.count", "must be 1");
  host::check_options(options);
  const auto b = host::choose_backend(device, host::function);
  impl_ = host::translate_bad_alloc(host::function, [&] { return std::make_unique<impl>(b, geometry, options); });
}
feature_detector::feature_detector(feature_detector&&) noexcept = default;
feature_detector& feature_detector::operator=(feature_detector&&) noexcept = default;
feature_detector::~feature_detector() = default;

backend feature_detector::backend() const { return impl_->backend; }

template <class T>
void feature_detector::detect(image_view<const T> frame, image_view<const u8> mask, const feature_result& result,
                              stream_ref stream) {
  const host::default_float_environment environment;
  constexpr const char* function = host::function;
  impl& o = *impl_;
  const auto room = static_cast<std::size_t>(o.options.max_count);
  const bool masked = mask.data != nullptr;
  host::require(element_traits<T>::type == o.geometry.type, function, "frame",
                "has another pixel type than the geometry");
  const size whole{o.geometry.width, o.geometry.height};
  const auto pixels = host::frame_image(function, "frame", host::erase(frame), whole, o.geometry.channels);
  const auto allowed = masked ? host::frame_image(function, "mask", host::erase(mask), whole, 1) : kernels::image{};
  host::require(!masked || mask.memory == frame.memory, function, "mask", "is in other memory than the frame");
  host::require(result.points.size() == room, function, "result.points", "must have room for max_count");
  host::require(result.strength.empty() || result.strength.size() == room, function, "result.strength",
                "must have room for max_count, or be empty");
  host::require(result.count != nullptr, function, "result.count", "is null");
  const bool on_device = host::on_device(function, "frame", frame.memory, o.backend, stream);

  host::call_memory call;
  const int image = call.add(host::call_memory::role::in, pixels, sizeof(T));
  const int where = call.add(host::call_memory::role::in, allowed, 1);
  const int points = call.add(result.points), strength = call.add(result.strength);
  const int count = call.add(std::span(result.count, 1));
  const host::device_scope scope(o.device, function);
  call.enter(o.backend == backend::cuda && !on_device, o.staged, function);
  host::check(
      o.run(call[image], call[where], {call.list<point>(points), call.list<float>(strength), call.list<int>(count)},
            {stream.get(), o.options.threads}),
      function);
  call.leave(function);
}

template void feature_detector::detect(image_view<const u8>, image_view<const u8>, const feature_result&, stream_ref);
template void feature_detector::detect(image_view<const u16>, image_view<const u8>, const feature_result&,
                                       stream_ref);
template void feature_detector::detect(image_view<const f32>, image_view<const u8>, const feature_result&,
                                       stream_ref);

}  // namespace v0
}  // namespace fluxel
