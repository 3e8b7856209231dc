// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <span>

#include "fluxel/good_features.hpp"
#include "fluxel/track_points.hpp"
#include "host/c_api/flow.hpp"

struct fluxel_point_tracker {
  fluxel::point_tracker object;
};
struct fluxel_feature_detector {
  fluxel::feature_detector object;
};

using namespace fluxel;
using namespace fluxel::host::c_api;

namespace {

static_assert(sizeof(fluxel_point) == sizeof(point) && offsetof(fluxel_point, y) == offsetof(point, y));
static_assert(sizeof(track_status) == 1);

std::size_t length_of(const char* name, std::int64_t length) {
  if (length < 0) host::reject(arguments, name, "is negative");
  return static_cast<std::size_t>(to_int(name, length));
}

/// A list, or none where it is null.
template <class To, class From>
std::span<To> array_of(From* first, std::size_t length) {
  if (first == nullptr) return {};
  return {reinterpret_cast<To*>(first), length};  // the same bytes: see the assertions above
}

point_tracks tracks_of(const fluxel_point_tracks* given) {
  const auto g = read_struct("points", given);
  const std::size_t length = length_of("points.length", g.length);
  if (length > 0) {
    required("points.from", g.from);
    required("points.to", g.to);
    required("points.status", g.status);
  }
  return {.from = array_of<const point>(g.from, length),
          .to = array_of<point>(g.to, length),
          .status = array_of<track_status>(g.status, length),
          .error = array_of<float>(g.error, length),
          .min_eigenvalue = array_of<float>(g.min_eigenvalue, length),
          .guess = array_of<const point>(g.guess, length),
          .count = g.count};
}

feature_result result_of(const fluxel_feature_result* given) {
  const auto g = read_struct("result", given);
  const std::size_t length = length_of("result.length", g.length);
  required("result.points", g.points);
  required("result.count", g.count);
  return {
      .points = array_of<point>(g.points, length), .strength = array_of<float>(g.strength, length), .count = g.count};
}

track_options options_of(const fluxel_track_options* given) {
  const auto o = read_struct("options", given, fluxel_track_options_default());
  require_zero("options.reserved", o.reserved);
  return {.window = o.window,
          .max_levels = o.max_levels,
          .iterations = o.iterations,
          .epsilon = o.epsilon,
          .min_eigenvalue = o.min_eigenvalue,
          .forward_backward = o.forward_backward};
}

feature_options options_of(const fluxel_feature_options* given) {
  const auto o = read_struct("options", given, fluxel_feature_options_default());
  require_zero("options.reserved", o.reserved);
  return {.quality = o.quality,
          .min_distance = o.min_distance,
          .max_count = to_int("options.max_count", o.max_count),
          .window_radius = o.window_radius};
}

}  // namespace

extern "C" {

fluxel_status fluxel_track_points(const fluxel_flow_pair* frames, const fluxel_point_tracks* points,
                                  const fluxel_track_options* options, const fluxel_placement* placement,
                                  void* stream) {
  return run(__func__, [&] {
    track_points(pair_of("frames", frames), tracks_of(points), options_of(options), placement_of(placement),
                 stream_of(stream));
  });
}

fluxel_status fluxel_point_tracker_create(const fluxel_flow_geometry* geometry, int64_t capacity,
                                          const fluxel_track_options* options, const fluxel_placement* placement,
                                          fluxel_point_tracker** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_point_tracker{point_tracker(geometry_of(geometry), to_int("capacity", capacity),
                                                    options_of(options), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_point_tracker_run(fluxel_point_tracker* object, const fluxel_flow_pair* frames,
                                       const fluxel_point_tracks* points, void* stream) {
  return run(__func__, [&] {
    required("object", object).object.run(pair_of("frames", frames), tracks_of(points), stream_of(stream));
  });
}

fluxel_status fluxel_point_tracker_advance(fluxel_point_tracker* object, const fluxel_flow_frame* next,
                                           const fluxel_point_tracks* points, int32_t* has_result, void* stream) {
  return run(__func__, [&] {
    required("has_result", has_result) = 0;
    *has_result =
        required("object", object).object.advance(next_of(next), tracks_of(points), stream_of(stream)) ? 1 : 0;
  });
}

fluxel_status fluxel_point_tracker_restart(fluxel_point_tracker* object) {
  return run(__func__, [&] { required("object", object).object.restart(); });
}

fluxel_status fluxel_point_tracker_prepare(fluxel_point_tracker* object, fluxel_memory memory) {
  return prepare_object(__func__, object, memory);
}

fluxel_status fluxel_point_tracker_backend(const fluxel_point_tracker* object, fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}

fluxel_status fluxel_point_tracker_workspace_size(const fluxel_point_tracker* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_point_tracker_destroy(fluxel_point_tracker* object) { delete object; }

fluxel_status fluxel_detect_features(const fluxel_image* frame, const fluxel_image* mask,
                                     const fluxel_feature_result* result, const fluxel_feature_options* options,
                                     const fluxel_placement* placement, void* stream) {
  return run(__func__, [&] {
    detect_features(frame_of("frame", frame), optional_view<const u8>("mask", mask), result_of(result),
                    options_of(options), placement_of(placement), stream_of(stream));
  });
}

fluxel_status fluxel_feature_detector_create(const fluxel_flow_geometry* geometry,
                                             const fluxel_feature_options* options, const fluxel_placement* placement,
                                             fluxel_feature_detector** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_feature_detector{
          feature_detector(geometry_of(geometry), options_of(options), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_feature_detector_run(fluxel_feature_detector* object, const fluxel_image* frame,
                                          const fluxel_image* mask, const fluxel_feature_result* result,
                                          void* stream) {
  return run(__func__, [&] {
    required("object", object)
        .object.run(frame_of("frame", frame), optional_view<const u8>("mask", mask), result_of(result),
                    stream_of(stream));
  });
}

fluxel_status fluxel_feature_detector_prepare(fluxel_feature_detector* object, fluxel_memory memory) {
  return prepare_object(__func__, object, memory);
}

fluxel_status fluxel_feature_detector_backend(const fluxel_feature_detector* object, fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}

fluxel_status fluxel_feature_detector_workspace_size(const fluxel_feature_detector* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_feature_detector_destroy(fluxel_feature_detector* object) { delete object; }

}  // extern "C"
