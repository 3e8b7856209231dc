// SPDX-License-Identifier: Apache-2.0
#include "fluxel/stabilizer.hpp"

#include "host/c_api/frame.hpp"

struct fluxel_stabilizer {
  fluxel::stabilizer object;
};

using namespace fluxel;
using namespace fluxel::host::c_api;

namespace {

stabilize_options options_of(const fluxel_stabilize_options* given) {
  const auto o = read_struct("options", given, fluxel_stabilize_options_default());
  require_zero("options.reserved", o.reserved);
  return {.model = static_cast<motion_model>(o.model),
          .smoothing = o.smoothing,
          .border = static_cast<stabilize_border>(o.border),
          .margin = o.margin,
          .filter = static_cast<warp_filter>(o.filter),
          .pixel_aspect = o.pixel_aspect};
}

}  // namespace

extern "C" {

fluxel_status fluxel_stabilizer_create(const fluxel_frame_format* format, const fluxel_stabilize_options* options,
                                       const fluxel_placement* placement, fluxel_stabilizer** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_stabilizer{
          stabilizer(format_of("format", format), options_of(options), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_stabilizer_delay(const fluxel_stabilizer* object, int32_t* frames) {
  return run(__func__, [&] { required("frames", frames) = required("object", object).object.delay(); });
}

fluxel_status fluxel_stabilizer_advance(fluxel_stabilizer* object, const fluxel_frame* in, const fluxel_frame* out,
                                        int32_t* has_result) {
  return run(__func__, [&] {
    required("has_result", has_result);
    *has_result = required("object", object).object.advance(frame_of("in", in), frame_of("out", out)) ? 1 : 0;
  });
}

fluxel_status fluxel_stabilizer_flush(fluxel_stabilizer* object, const fluxel_frame* out, int32_t* has_result) {
  return run(__func__, [&] {
    required("has_result", has_result);
    *has_result = required("object", object).object.flush(frame_of("out", out)) ? 1 : 0;
  });
}

fluxel_status fluxel_stabilizer_restart(fluxel_stabilizer* object) {
  return run(__func__, [&] { required("object", object).object.restart(); });
}

fluxel_status fluxel_stabilizer_backend(const fluxel_stabilizer* object, fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}

fluxel_status fluxel_stabilizer_workspace_size(const fluxel_stabilizer* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_stabilizer_destroy(fluxel_stabilizer* object) { delete object; }

}  // extern "C"
