// SPDX-License-Identifier: Apache-2.0
#include "fluxel/track_points.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "host/core/call_memory.hpp"
#include "host/core/device.hpp"
#include "host/core/float_environment.hpp"
#include "host/flow/flow_object.hpp"
#include "host/flow/pyramid.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr const char* function = "point_tracker";
constexpr int most_side = 1 << 19;  ///< positions in 1/1024 px stay below 2^30

void check_options(const track_options& o) {
  auto require = [](bool holds, const char* argument, const char* problem) {
    host::require(holds, function, argument, problem);
  };
  require(o.window >= 3 && o.window <= 63 && o.window % 2 == 1, "options.window", "must be odd, 3 to 63");
  require(o.max_levels >= 1 && o.max_levels <= kernels::most_track_levels, "options.max_levels", "must be 1 to 16");
  require(o.iterations >= 1, "options.iterations", "must be at least 1");
  require(o.epsilon >= 0 && o.epsilon <= 1, "options.epsilon", "must be in [0, 1]");
  require(o.min_eigenvalue > 0 && o.min_eigenvalue <= 1e6, "options.min_eigenvalue", "must be in (0, 1e6]");
  require(o.forward_backward >= 0 && o.forward_backward <= 1000, "options.forward_backward", "must be in [0, 1000]");
  require(o.bit_depth >= 8 && o.bit_depth <= 16, "options.bit_depth", "must be 8 to 16");
  require(o.white > 0, "options.white", "must be above 0");
  check_threads({function}, o.threads);
}

std::int64_t squared_units(double px) {
  const double units = px * kernels::track_one;
  return static_cast<std::int64_t>(units * units);
}

kernels::track_settings make_settings(const track_options& o) {
  return {.radius = o.window / 2,
          .iterations = o.iterations,
          .epsilon_squared = squared_units(o.epsilon),
          .min_eigenvalue = static_cast<float>(o.min_eigenvalue),
          .consistency_squared = squared_units(o.forward_backward),
          .forward_backward = o.forward_backward > 0};
}

void check_points(const point_tracks& p, int capacity) {
  const std::size_t n = p.from.size();
  auto require = [](bool holds, const char* argument, const char* problem) {
    host::require(holds, function, argument, problem);
  };
  require(n <= static_cast<std::size_t>(capacity), "points.from", "is longer than the capacity");
  require(p.to.size() == n, "points.to", "is not as long as points.from");
  require(p.status.size() == n, "points.status", "is not as long as points.from");
  require(p.error.empty() || p.error.size() == n, "points.error", "is not as long as points.from, nor empty");
  require(p.min_eigenvalue.empty() || p.min_eigenvalue.size() == n, "points.min_eigenvalue",
          "is not as long as points.from, nor empty");
  require(p.guess.empty() || p.guess.size() == n, "points.guess", "is not as long as points.from, nor empty");
}

/// The lists of one call on their way to the kernels.
struct point_lists {
  point_lists(call_memory& call, const point_tracks& p)
      : from(call.add(p.from)),
        guess(call.add(p.guess)),
        count(call.add(std::span(p.count, p.count == nullptr ? 0 : 1))),
        to(call.add(p.to)),
        status(call.add(p.status)),
        error(call.add(p.error)),
        min_eigenvalue(call.add(p.min_eigenvalue)),
        points(static_cast<int>(p.from.size())) {}

  kernels::track_list in(const call_memory& call) const {
    return {points,
            call.list<const int>(count),
            call.list<const point>(from),
            call.list<const point>(guess),
            call.list<point>(to),
            call.list<u8>(status),
            call.list<float>(error),
            call.list<float>(min_eigenvalue)};
  }

  int from, guess, count, to, status, error, min_eigenvalue, points;
};

}  // namespace
}  // namespace host

inline namespace v0 {

using kernels::status;

struct point_tracker::impl {
  impl(fluxel::backend b, const flow_geometry& g, int most, const track_options& o)
      : geometry(g),
        capacity(most),
        threads(o.threads),
        settings(host::make_settings(o)),
        backend(b),
        device(b == backend::cuda ? kernels::cuda_current_device() : -1),
        table(host::table_for(b, host::function)),
        builder(b, host::function, g,
                {.factor = 0.5,
                 .coarsest_side = std::max(o.window, 8),
                 .max_levels = o.max_levels,
                 .bit_depth = o.bit_depth,
                 .white = o.white}),
        block(b),
        staged(b) {
    host::plane_layout count(1);
    layout_planes(count);
    host::plane_layout place(1, static_cast<std::byte*>(block.reserve(count.used(), host::function)));
    layout_planes(place);
  }

  void layout_planes(host::plane_layout& layout) {
    prev_at = layout.used();
    prev = builder.layout_pyramid(layout);
    next_at = layout.used();
    next = builder.layout_pyramid(layout);
    builder.layout_planes(layout);
  }

  status keep_next(const kernels::launch_options& launch) {
    // A copy and no exchange of places: a captured graph must find the frame before where it was.
    auto* memory = static_cast<std::byte*>(block.data());
    return table.memory.copy(memory + prev_at, memory + next_at, next_at - prev_at, launch.stream);
  }

  status track(const kernels::track_list& list, const kernels::launch_options& launch) const {
    kernels::track_levels levels{.count = static_cast<int>(next.grey.size())};
    std::copy(prev.grey.begin(), prev.grey.end(), levels.prev);
    std::copy(next.grey.begin(), next.grey.end(), levels.next);
    return list.points == 0 ? status::ok : table.sparse.track(levels, settings, list, launch);
  }

  /// A checked frame.
  template <class T>
  kernels::image frame(const char* argument, const image_view<const T>& view) const {
    host::require(element_traits<T>::type == geometry.type, host::function, argument,
                  "has another pixel type than the geometry");
    return host::frame_image(host::function, argument, host::erase(view), {geometry.width, geometry.height},
                             geometry.channels);
  }

  /// work(call, how) with the call's entries where the kernels find them.
  template <class Work>
  void run(host::call_memory& call, bool on_device, stream_ref stream, Work&& work) {
    const host::device_scope scope(device, host::function);
    call.enter(backend == backend::cuda && !on_device, staged, host::function);
    host::check(work(kernels::launch_options{stream.get(), threads}), host::function);
    call.leave(host::function);
  }

  flow_geometry geometry;
  int capacity, threads;
  kernels::track_settings settings;
  fluxel::backend backend;
  int device;
  const kernels::backend_table& table;
  host::pyramid_builder builder;
  host::frame_pyramid prev, next;
  std::size_t prev_at = 0, next_at = 0;
  bool has_previous = false;
  host::device_buffer block;
  host::device_buffer staged;  ///< host views of a CUDA object
};

point_tracker::point_tracker(const flow_geometry& geometry, int capacity, const track_options& options,
                             run_on device) {
  const host::default_float_environment environment;
  host::check_geometry(geometry, host::function);
  host::require(geometry.count == 1, host::function, "geometry.count", "must be 1");
  host::require(geometry.width <= host::most_side, host::function, "geometry.width", "must be at most 524288");
  host::require(geometry.height <= host::most_side, host::function, "geometry.height", "must be at most 524288");
  host::require(capacity >= 1, host::function, "capacity", "must be at least 1");
  host::check_options(options);
  const auto b = host::choose_backend(device, host::function);
  impl_ = host::translate_bad_alloc(host::function,
                                    [&] { return std::make_unique<impl>(b, geometry, capacity, options); });
}
point_tracker::point_tracker(point_tracker&&) noexcept = default;
point_tracker& point_tracker::operator=(point_tracker&&) noexcept = default;
point_tracker::~point_tracker() = default;

backend point_tracker::backend() const { return impl_->backend; }
void point_tracker::restart() { impl_->has_previous = false; }

template <class T>
void point_tracker::track(std::type_identity_t<image_view<const T>> prev, image_view<const T> next,
                          const point_tracks& points, stream_ref stream) {
  const host::default_float_environment environment;
  impl& o = *impl_;
  const auto first = o.frame("prev", prev), second = o.frame("next", next);
  host::require(prev.memory == next.memory, host::function, "next", "is in other memory than prev");
  host::check_points(points, o.capacity);
  const bool on_device = host::on_device(host::function, "prev", prev.memory, o.backend, stream);
  restart();
  host::call_memory call;
  const int from = call.add(host::call_memory::role::in, first, sizeof(T));
  const int to = call.add(host::call_memory::role::in, second, sizeof(T));
  const host::point_lists lists(call, points);
  o.run(call, on_device, stream, [&](const kernels::launch_options& launch) {
    return host::in_order([&] { return o.builder.build(call[from], nullptr, o.prev, launch); },
                          [&] { return o.builder.build(call[to], nullptr, o.next, launch); },
                          [&] { return o.track(lists.in(call), launch); });
  });
}

template <class T>
bool point_tracker::advance(image_view<const T> frame, const point_tracks& points, stream_ref stream) {
  const host::default_float_environment environment;
  impl& o = *impl_;
  const auto pixels = o.frame("frame", frame);
  const bool has_result = std::exchange(o.has_previous, false);  // unless all goes well
  if (has_result) host::check_points(points, o.capacity);
  const bool on_device = host::on_device(host::function, "frame", frame.memory, o.backend, stream);
  host::call_memory call;
  const int image = call.add(host::call_memory::role::in, pixels, sizeof(T));
  const host::point_lists lists(call, has_result ? points : point_tracks{});
  o.run(call, on_device, stream, [&](const kernels::launch_options& launch) {
    return host::in_order([&] { return has_result ? o.keep_next(launch) : status::ok; },
                          [&] { return o.builder.build(call[image], nullptr, o.next, launch); },
                          [&] { return has_result ? o.track(lists.in(call), launch) : status::ok; });
  });
  o.has_previous = true;
  return has_result;
}

template void point_tracker::track<u8>(image_view<const u8>, image_view<const u8>, const point_tracks&, stream_ref);
template void point_tracker::track<u16>(image_view<const u16>, image_view<const u16>, const point_tracks&,
                                        stream_ref);
template void point_tracker::track<f32>(image_view<const f32>, image_view<const f32>, const point_tracks&,
                                        stream_ref);
template bool point_tracker::advance(image_view<const u8>, const point_tracks&, stream_ref);
template bool point_tracker::advance(image_view<const u16>, const point_tracks&, stream_ref);
template bool point_tracker::advance(image_view<const f32>, const point_tracks&, stream_ref);

}  // namespace v0
}  // namespace fluxel
