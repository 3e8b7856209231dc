// SPDX-License-Identifier: Apache-2.0
#include "fluxel/motion_segmenter.hpp"

#include <algorithm>
#include <cstddef>

#include "host/c_api/frame.hpp"

struct fluxel_motion_segmenter {
  fluxel::motion_segmenter object;
};

using namespace fluxel;
using namespace fluxel::host::c_api;

namespace {

segment_options options_of(const fluxel_segment_options* given) {
  const auto o = read_struct("options", given, fluxel_segment_options_default());
  return {.model = static_cast<motion_model>(o.model),
          .quality = static_cast<flow_quality>(o.quality),
          .longest_side = o.longest_side,
          .least_motion = o.least_motion,
          .noise = o.noise,
          .least_area = o.least_area,
          .memory = o.memory,
          .min_frames = o.min_frames};
}

fluxel_moving_region region_of(const moving_region& r) {
  return {r.id, r.x, r.y, r.width, r.height, r.area, r.u, r.v};
}

}  // namespace

extern "C" {

fluxel_status fluxel_motion_segmenter_create(const fluxel_frame_format* format, const fluxel_segment_options* options,
                                             const fluxel_placement* placement,
                                             fluxel_motion_segmenter** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_motion_segmenter{
          motion_segmenter(format_of("format", format), options_of(options), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_motion_segmenter_delay(const fluxel_motion_segmenter* object, int32_t* frames) {
  return run(__func__, [&] { required("frames", frames) = required("object", object).object.delay(); });
}

fluxel_status fluxel_motion_segmenter_advance(fluxel_motion_segmenter* object, const fluxel_frame* next,
                                              const fluxel_image* mask, int32_t* has_result) {
  return run(__func__, [&] {
    required("has_result", has_result);
    *has_result =
        required("object", object).object.advance(frame_of("next", next), typed_view<u8>("mask", mask)) ? 1 : 0;
  });
}

fluxel_status fluxel_motion_segmenter_flush(fluxel_motion_segmenter* object, const fluxel_image* mask,
                                            int32_t* has_result) {
  return run(__func__, [&] {
    required("has_result", has_result);
    *has_result = required("object", object).object.flush(typed_view<u8>("mask", mask)) ? 1 : 0;
  });
}

fluxel_status fluxel_motion_segmenter_regions(const fluxel_motion_segmenter* object, fluxel_moving_region* regions,
                                              int64_t capacity, int64_t* count) {
  return run(__func__, [&] {
    if (capacity < 0) host::reject(arguments, "capacity", "is negative");
    if (capacity > 0) required("regions", regions);
    const auto found = required("object", object).object.regions();
    required("count", count) = static_cast<int64_t>(found.size());
    const auto written = std::min<std::size_t>(found.size(), static_cast<std::size_t>(capacity));
    std::transform(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(written), regions, region_of);
  });
}

fluxel_status fluxel_motion_segmenter_begins_scene(const fluxel_motion_segmenter* object, int32_t* begins) {
  return run(__func__,
             [&] { required("begins", begins) = required("object", object).object.begins_scene() ? 1 : 0; });
}

fluxel_status fluxel_motion_segmenter_restart(fluxel_motion_segmenter* object) {
  return run(__func__, [&] { required("object", object).object.restart(); });
}

fluxel_status fluxel_motion_segmenter_backend(const fluxel_motion_segmenter* object, fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}

fluxel_status fluxel_motion_segmenter_workspace_size(const fluxel_motion_segmenter* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_motion_segmenter_destroy(fluxel_motion_segmenter* object) { delete object; }

}  // extern "C"
