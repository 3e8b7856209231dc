// SPDX-License-Identifier: Apache-2.0
#include "fluxel/track_points.hpp"

#include <algorithm>
#include <climits>
#include <memory>
#include <optional>

#include "host/core/staging.hpp"
#include "host/flow/flow_options.hpp"
#include "host/flow/frames.hpp"
#include "host/flow/placed_object.hpp"
#include "host/flow/pyramid.hpp"

namespace fluxel {

namespace host {
namespace {

using kernels::status;

void check_tracker(const char* function, const flow_geometry& geometry, const track_options& o) {
  const option_checks check(function);
  check.single_geometry(geometry);
  check.must(o.window >= 3 && o.window <= 63 && o.window % 2 == 1, "options.window", "must be odd, 3 to 63");
  check.in(o.max_levels, 1, kernels::most_track_levels, "options.max_levels");
  check.in(o.iterations, 1, 1e6, "options.iterations");
  check.in(o.epsilon, 0, 1, "options.epsilon");
  check.must(o.min_eigenvalue > 0 && o.min_eigenvalue <= 1e6, "options.min_eigenvalue", "must be in (0, 1e6]");
  check.in(o.forward_backward, 0, 1000, "options.forward_backward");
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

/// The lists of one call.
struct point_lists {
  point_lists(call& c, const point_tracks& p, int capacity)
      : from(c.list("points.from", p.from)),
        guess(c.list("points.guess", p.guess)),
        count(c.list("points.count", std::span(p.count, p.count == nullptr ? 0 : 1))),
        to(c.list("points.to", p.to)),
        status(c.list("points.status", p.status)),
        error(c.list("points.error", p.error)),
        min_eigenvalue(c.list("points.min_eigenvalue", p.min_eigenvalue)),
        points(static_cast<int>(p.from.size())) {
    const std::size_t n = p.from.size();
    auto same = [&](const char* name, std::size_t length) {
      require(length == n, c.site(), name, "is not as long as points.from");
    };
    auto same_or_empty = [&](const char* name, std::size_t length) {
      require(length == n || length == 0, c.site(), name, "is not as long as points.from, nor empty");
    };
    require(n <= static_cast<std::size_t>(capacity), c.site(), "points.from", "is longer than the capacity");
    same("points.to", p.to.size());
    same("points.status", p.status.size());
    same_or_empty("points.error", p.error.size());
    same_or_empty("points.min_eigenvalue", p.min_eigenvalue.size());
    same_or_empty("points.guess", p.guess.size());
  }

  kernels::track_list here() const {
    return {points,           count.list<const int>(), from.list<const point>(), guess.list<const point>(),
            to.list<point>(), status.list<u8>(),       error.list<float>(),      min_eigenvalue.list<float>()};
  }

  const operand &from, &guess, &count, &to, &status, &error, &min_eigenvalue;
  int points;
};

/// A tracker on one backend.
class tracker_state {
 public:
  tracker_state(backend b, const char* function, const flow_geometry& g, const track_options& o,
                object_memory& memory)
      : settings_(make_settings(o)),
        table_(table_for(b, function)),
        builder_(
            b, function, g,
            {.presmoothing = 0, .factor = 0.5, .coarsest_side = std::max(o.window, 8), .max_levels = o.max_levels},
            memory),
        block_(b, memory) {
    reserve_planes(block_, 1, function, [this](plane_layout& layout) { layout_planes(layout); });
  }

  struct masked_frame {
    kernels::image frame, mask;
  };

  status track(const masked_frame& prev, const masked_frame& next, const kernels::track_list& list,
               const kernels::launch_options& launch) {
    restart();
    const pyramid_task frames[] = {{prev.frame, prev.mask, &prev_}, {next.frame, next.mask, &next_}};
    return in_order([&] { return builder_.build(frames, launch); }, [&] { return track_pyramids(list, launch); });
  }

  /// `list`: of a frame that has a previous one.
  status advance(const masked_frame& next, const std::optional<kernels::track_list>& list,
                 const kernels::launch_options& launch) {
    restart();  // unless all goes well
    const pyramid_task added{next.frame, next.mask, &next_};
    const status done =
        in_order([&] { return list ? builder_.advance(added, prev_, launch) : builder_.build(added, launch); },
                 [&] { return list ? track_pyramids(*list, launch) : status::ok; });
    has_previous_ = done == status::ok;
    return done;
  }

  void restart() { has_previous_ = false; }
  bool has_previous() const { return has_previous_; }

 private:
  void layout_planes(plane_layout& layout) {
    prev_ = builder_.layout_pyramid(layout);
    next_ = builder_.layout_pyramid(layout);
    builder_.layout_planes(layout);
  }

  status track_pyramids(const kernels::track_list& list, const kernels::launch_options& launch) const {
    kernels::track_levels levels{.count = static_cast<int>(next_.grey.size())};
    std::copy(prev_.grey.begin(), prev_.grey.end(), levels.prev);
    std::copy(next_.grey.begin(), next_.grey.end(), levels.next);
    if (prev_.masked) levels.prev_mask = prev_.own_mask;
    if (next_.masked) levels.next_mask = next_.own_mask;
    return list.points == 0 ? status::ok : table_.sparse.track(levels, settings_, list, launch);
  }

  kernels::track_settings settings_;
  const kernels::backend_table& table_;
  pyramid_builder builder_;
  frame_pyramid prev_, next_;
  bool has_previous_ = false;
  device_buffer block_;
};

class tracker_object : public placed_object<tracker_state> {
 public:
  tracker_object(const char* function, const flow_geometry& g, int capacity, const track_options& o,
                 const placement& where)
      : placed_object(function, where,
                      [=](backend b, object_memory& memory) {
                        return std::make_unique<tracker_state>(b, function, g, o, memory);
                      }),
        geometry_(g),
        capacity_(capacity) {}

  void reserve_staging() {
    auto list = [this](std::size_t bytes) { return staged_bytes(size{capacity_, 1}, 1, static_cast<int>(bytes)); };
    placed_object::reserve_staging(2 * staged_bytes(geometry_)                        // frames
                                   + 2 * staged_bytes(geometry_, 1, 1)                // masks
                                   + 3 * list(sizeof(point))                          // from, guess, to
                                   + list(1) + 2 * list(sizeof(float))                // status, error, eigenvalue
                                   + staged_bytes(size{1, 1}, 1, int{sizeof(int)}));  // count
  }

  void restart() {
    for (const auto b : {backend::cpu, backend::cuda})
      if (tracker_state* search = find(b)) search->restart();
  }

  void run(const flow_pair& frames, const point_tracks& points, stream_ref stream) {
    call c(where_, stream);
    const operand& from = read_frame(c, "prev", frames.prev, geometry_);
    const operand& to = read_frame(c, "next", frames.next, geometry_);
    const operand& from_mask = read_mask(c, "prev_mask", frames.prev_mask, geometry_);
    const operand& to_mask = read_mask(c, "next_mask", frames.next_mask, geometry_);
    const point_lists lists(c, points, capacity_);
    restart();
    run_call(c, [&](tracker_state& search, const kernels::launch_options& launch) {
      return search.track({from.here, from_mask.here}, {to.here, to_mask.here}, lists.here(), launch);
    });
  }

  bool advance(const flow_frame& next, const point_tracks& points, stream_ref stream) {
    call c(where_, stream);
    const operand& frame = read_frame(c, "frame", next.frame, geometry_);
    const operand& mask = read_mask(c, "mask", next.mask, geometry_);
    if (c.runs_on() != runs_on()) restart();  // the previous frame is on the other processor
    const tracker_state* known = find(c.runs_on());
    std::optional<point_lists> lists;
    if (known != nullptr && known->has_previous()) lists.emplace(c, points, capacity_);
    run_call(c, [&](tracker_state& search, const kernels::launch_options& launch) {
      return search.advance({frame.here, mask.here}, lists ? std::optional(lists->here()) : std::nullopt, launch);
    });
    return lists.has_value();
  }

 private:
  flow_geometry geometry_;
  int capacity_;
};

}  // namespace
}  // namespace host

inline namespace v0 {

struct point_tracker::impl : host::tracker_object {
  using tracker_object::tracker_object;
};

point_tracker::point_tracker(const flow_geometry& geometry, int capacity, const track_options& options,
                             const placement& where) {
  constexpr const char* function = "point_tracker";
  host::check_tracker(function, geometry, options);
  host::require(capacity >= 1, function, "capacity", "must be at least 1");
  host::translate_bad_alloc(function, [&] {
    impl_ = std::make_unique<impl>(function, geometry, capacity, options, where);
    impl_->reserve_staging();
  });
}
point_tracker::point_tracker(point_tracker&&) noexcept = default;
point_tracker& point_tracker::operator=(point_tracker&&) noexcept = default;
point_tracker::~point_tracker() = default;

point_tracker::impl& point_tracker::self() const { return host::behind(impl_, "point_tracker"); }

void point_tracker::run(const flow_image& prev, const flow_image& next, const point_tracks& points,
                        stream_ref stream) {
  self().run({.prev = prev, .next = next}, points, stream);
}
void point_tracker::run(const flow_pair& frames, const point_tracks& points, stream_ref stream) {
  self().run(frames, points, stream);
}

bool point_tracker::advance(const flow_image& next, const point_tracks& points, stream_ref stream) {
  return self().advance({.frame = next}, points, stream);
}
bool point_tracker::advance(const flow_frame& next, const point_tracks& points, stream_ref stream) {
  return self().advance(next, points, stream);
}

void point_tracker::restart() { self().restart(); }
void point_tracker::prepare(memory_kind memory) { self().prepare(memory); }
backend point_tracker::backend() const { return self().on_host_memory(); }
std::size_t point_tracker::workspace_size() const { return self().workspace_size(); }

void track_points(const flow_image& prev, const flow_image& next, const point_tracks& points,
                  const track_options& options, const placement& where, stream_ref stream) {
  track_points(flow_pair{.prev = prev, .next = next}, points, options, where, stream);
}

void track_points(const flow_pair& frames, const point_tracks& points, const track_options& options,
                  const placement& where, stream_ref stream) {
  constexpr const char* function = "track_points";
  const auto geometry = host::geometry_of(frames.prev, function, "prev");
  host::check_tracker(function, geometry, options);
  host::translate_bad_alloc(function, [&] {
    const auto most = static_cast<int>(std::min<std::size_t>(points.from.size(), INT_MAX));
    host::tracker_object tracker(function, geometry, most, options, where);
    tracker.run(frames, points, stream);
    tracker.finish(stream);
  });
}

}  // namespace v0
}  // namespace fluxel
