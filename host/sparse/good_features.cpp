// SPDX-License-Identifier: Apache-2.0
#include "fluxel/good_features.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "host/core/staging.hpp"
#include "host/flow/flow_options.hpp"
#include "host/flow/frames.hpp"
#include "host/flow/placed_object.hpp"
#include "host/flow/pyramid.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr int derivative_taps = 2;  // to each side

void check_detector(const char* function, const flow_geometry& geometry, const feature_options& o) {
  const option_checks check(function);
  check.single_geometry(geometry);
  check.in(o.quality, 0, 1, "options.quality");
  check.in(o.min_distance, 0, 10000, "options.min_distance");
  check.in(o.max_count, 1, 1 << 24, "options.max_count");
  check.in(o.window_radius, 1, 15, "options.window_radius");
}

kernels::plane<const u8> byte_plane(const kernels::image& im) {
  return {static_cast<const u8*>(im.data), im.width, im.height, im.pitch};
}

/// A detector on one backend.
class detector_state {
 public:
  detector_state(backend b, const char* function, const flow_geometry& g, const feature_options& o,
                 object_memory& memory)
      : table_(table_for(b, function)),
        structure_radius_(o.window_radius),
        builder_(b, function, g, {.presmoothing = 0, .max_levels = 1}, memory),
        block_(b, memory) {
    search_.quality = static_cast<float>(o.quality);
    search_.distance_squared = static_cast<int>(std::ceil(o.min_distance * o.min_distance));
    search_.cell = static_cast<int>(std::ceil(std::max(o.min_distance, 1.0)));
    search_.max_count = o.max_count;
    search_.unknown_reach = o.window_radius + derivative_taps;
    reserve_planes(block_, 1, function, [&](plane_layout& layout) { layout_planes(layout, {g.width, g.height}); });
  }

  kernels::status find(const kernels::image& frame, const kernels::image& mask, const kernels::feature_list& list,
                       const kernels::launch_options& launch) {
    kernels::feature_search s = search_;
    if (mask.data != nullptr) s.mask = byte_plane(mask);
    const pyramid_task task{frame, {}, &level_};
    return in_order([&] { return builder_.build(task, launch); },
                    [&] {
                      if (level_.masked) s.unknown = level_.mask[0];
                      return table_.flow.structure(level_.grey[0], structure_radius_, s.strength, {}, launch);
                    },
                    [&] { return table_.sparse.find_features(s, list, workspace_, launch); });
  }

 private:
  void layout_planes(plane_layout& layout, size frame) {
    level_ = builder_.layout_pyramid(layout);
    builder_.layout_planes(layout);
    search_.strength = layout.take<float>(frame);
    workspace_ = layout.take_bytes(table_.sparse.feature_workspace(search_));
  }

  const kernels::backend_table& table_;
  int structure_radius_;
  pyramid_builder builder_;
  frame_pyramid level_;
  kernels::feature_search search_;
  void* workspace_ = nullptr;
  device_buffer block_;
};

class detector_object : public placed_object<detector_state> {
 public:
  detector_object(const char* function, const flow_geometry& g, const feature_options& o, const placement& where)
      : placed_object(function, where,
                      [=](backend b, object_memory& memory) {
                        return std::make_unique<detector_state>(b, function, g, o, memory);
                      }),
        geometry_(g),
        most_(static_cast<std::size_t>(o.max_count)) {}

  void reserve_staging() {
    auto list = [](std::size_t length, std::size_t bytes) {
      return staged_bytes(size{static_cast<int>(length), 1}, 1, static_cast<int>(bytes));
    };
    placed_object::reserve_staging(staged_bytes(geometry_) + staged_bytes(geometry_, 1, 1)  // frame, mask
                                   + list(most_, sizeof(point)) + list(most_, sizeof(float)) + list(1, sizeof(int)));
  }

  void run(const flow_image& frame, const image_view<const u8>& mask, const feature_result& result,
           stream_ref stream) {
    call c(where_, stream);
    const operand& pixels = read_frame(c, "frame", frame, geometry_);
    const operand& allowed = read_mask(c, "mask", mask, geometry_);
    require(result.points.size() == most_, c.site(), "result.points", "must have room for max_count");
    require(result.strength.empty() || result.strength.size() == most_, c.site(), "result.strength",
            "must have room for max_count, or be empty");
    require(result.count != nullptr, c.site(), "result.count", "is null");
    const operand& points = c.list("result.points", result.points);
    const operand& strength = c.list("result.strength", result.strength);
    const operand& count = c.list("result.count", std::span(result.count, 1));
    run_call(c, [&](detector_state& search, const kernels::launch_options& launch) {
      return search.find(pixels.here, allowed.here, {points.list<point>(), strength.list<float>(), count.list<int>()},
                         launch);
    });
  }

 private:
  flow_geometry geometry_;
  std::size_t most_;
};

}  // namespace
}  // namespace host

inline namespace v0 {

struct feature_detector::impl : host::detector_object {
  using detector_object::detector_object;
};

feature_detector::feature_detector(const flow_geometry& geometry, const feature_options& options,
                                   const placement& where) {
  constexpr const char* function = "feature_detector";
  host::check_detector(function, geometry, options);
  host::translate_bad_alloc(function, [&] {
    impl_ = std::make_unique<impl>(function, geometry, options, where);
    impl_->reserve_staging();
  });
}
feature_detector::feature_detector(feature_detector&&) noexcept = default;
feature_detector& feature_detector::operator=(feature_detector&&) noexcept = default;
feature_detector::~feature_detector() = default;

feature_detector::impl& feature_detector::self() const { return host::behind(impl_, "feature_detector"); }

void feature_detector::run(const flow_image& frame, const image_view<const u8>& mask, const feature_result& result,
                           stream_ref stream) {
  self().run(frame, mask, result, stream);
}

void feature_detector::prepare(memory_kind memory) { self().prepare(memory); }
backend feature_detector::backend() const { return self().on_host_memory(); }
std::size_t feature_detector::workspace_size() const { return self().workspace_size(); }

void detect_features(const flow_image& frame, const image_view<const u8>& mask, const feature_result& result,
                     const feature_options& options, const placement& where, stream_ref stream) {
  constexpr const char* function = "detect_features";
  const auto geometry = host::geometry_of(frame, function, "frame");
  host::check_detector(function, geometry, options);
  host::translate_bad_alloc(function, [&] {
    host::detector_object detector(function, geometry, options, where);
    detector.run(frame, mask, result, stream);
    detector.finish(stream);
  });
}

}  // namespace v0
}  // namespace fluxel
