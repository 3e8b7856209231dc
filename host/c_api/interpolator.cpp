// SPDX-License-Identifier: Apache-2.0
#include "fluxel/interpolator.hpp"

#include "host/c_api/frame.hpp"

struct fluxel_interpolator {
  fluxel::interpolator object;
};

using namespace fluxel;
using namespace fluxel::host::c_api;

extern "C" {

fluxel_status fluxel_interpolator_create(const fluxel_frame_format* format,
                                         const fluxel_interpolation_options* options,
                                         const fluxel_placement* placement, fluxel_interpolator** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      const auto o = read_struct("options", options, fluxel_interpolation_options_default());
      return new fluxel_interpolator{interpolator(format_of("format", format),
                                                  {.quality = static_cast<flow_quality>(o.quality),
                                                   .longest_side = o.longest_side,
                                                   .cut_difference = o.cut_difference},
                                                  placement_of(placement))};
    });
  });
}

fluxel_status fluxel_interpolator_advance(fluxel_interpolator* object, const fluxel_frame* next, double duration,
                                          int32_t* has_previous, void* stream) {
  return run(__func__, [&] {
    const bool had = required("object", object).object.advance(frame_of("next", next), duration, stream_of(stream));
    if (has_previous != nullptr) *has_previous = had ? 1 : 0;
  });
}

fluxel_status fluxel_interpolator_run(fluxel_interpolator* object, double moment, const fluxel_frame* dst,
                                      void* stream) {
  return run(__func__,
             [&] { required("object", object).object.run(moment, frame_of("dst", dst), stream_of(stream)); });
}

fluxel_status fluxel_interpolator_restart(fluxel_interpolator* object) {
  return run(__func__, [&] { required("object", object).object.restart(); });
}

fluxel_status fluxel_interpolator_prepare(fluxel_interpolator* object, fluxel_memory memory) {
  return prepare_object(__func__, object, memory);
}
fluxel_status fluxel_interpolator_backend(const fluxel_interpolator* object, fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}
fluxel_status fluxel_interpolator_workspace_size(const fluxel_interpolator* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}
void fluxel_interpolator_destroy(fluxel_interpolator* object) { delete object; }

}  // extern "C"
