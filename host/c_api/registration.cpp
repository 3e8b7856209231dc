// SPDX-License-Identifier: Apache-2.0
#include "fluxel/registration.hpp"

#include <algorithm>

#include "fluxel/frame_stack.hpp"
#include "host/c_api/frame.hpp"

struct fluxel_registration {
  fluxel::registration object;
};
struct fluxel_frame_stack {
  fluxel::frame_stack object;
};

using namespace fluxel;
using namespace fluxel::host::c_api;

namespace {

registration_options registration_options_of(const fluxel_registration_options* given) {
  const auto o = read_struct("options", given, fluxel_registration_options_default());
  require_zero("options.reserved", o.reserved);
  return {.model = static_cast<motion_model>(o.model),
          .local = static_cast<local_motion>(o.local),
          .filter = static_cast<warp_filter>(o.filter),
          .threshold = o.threshold,
          .pixel_aspect = o.pixel_aspect};
}

}  // namespace

extern "C" {

fluxel_status fluxel_registration_create(const fluxel_frame* reference, const fluxel_registration_options* options,
                                         const fluxel_placement* placement, fluxel_registration** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_registration{
          registration(frame_of("reference", reference), registration_options_of(options), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_registration_run(fluxel_registration* object, const fluxel_frame* picture,
                                      fluxel_global_motion* motion) {
  return run(__func__, [&] {
    required("motion", motion);
    const global_motion found = required("object", object).object.run(frame_of("picture", picture));
    std::copy(found.matrix.m.begin(), found.matrix.m.end(), motion->matrix);
    motion->pairs = found.pairs;
    motion->inliers = found.inliers;
    motion->residual = found.residual;
  });
}

fluxel_status fluxel_registration_resample(fluxel_registration* object, const fluxel_frame* picture,
                                           const double* matrix, const fluxel_frame* out,
                                           const fluxel_image* coverage) {
  return run(__func__, [&] {
    matrix3x3 by;
    std::copy_n(&required("matrix", matrix), by.m.size(), by.m.begin());
    required("object", object)
        .object.resample(frame_of("picture", picture), by, frame_of("out", out),
                         optional_view<u8>("coverage", coverage));
  });
}

fluxel_status fluxel_registration_restart(fluxel_registration* object) {
  return run(__func__, [&] { required("object", object).object.restart(); });
}

fluxel_status fluxel_registration_backend(const fluxel_registration* object, fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}

fluxel_status fluxel_registration_workspace_size(const fluxel_registration* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_registration_destroy(fluxel_registration* object) { delete object; }

fluxel_status fluxel_frame_stack_create(const fluxel_frame_format* format, fluxel_stack_rule rule,
                                        fluxel_frame_stack** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_frame_stack{frame_stack(format_of("format", format), static_cast<stack_rule>(rule))};
    });
  });
}

fluxel_status fluxel_frame_stack_add(fluxel_frame_stack* object, const fluxel_frame* frame,
                                     const fluxel_image* coverage) {
  return run(__func__, [&] {
    required("object", object).object.add(frame_of("frame", frame), optional_view<const u8>("coverage", coverage));
  });
}

fluxel_status fluxel_frame_stack_run(const fluxel_frame_stack* object, const fluxel_frame* out) {
  return run(__func__, [&] { required("object", object).object.run(frame_of("out", out)); });
}

fluxel_status fluxel_frame_stack_count(const fluxel_frame_stack* object, int32_t* frames) {
  return run(__func__, [&] { required("frames", frames) = required("object", object).object.count(); });
}

fluxel_status fluxel_frame_stack_restart(fluxel_frame_stack* object) {
  return run(__func__, [&] { required("object", object).object.restart(); });
}

fluxel_status fluxel_frame_stack_workspace_size(const fluxel_frame_stack* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_frame_stack_destroy(fluxel_frame_stack* object) { delete object; }

}  // extern "C"
