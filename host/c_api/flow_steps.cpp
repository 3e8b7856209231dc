// SPDX-License-Identifier: Apache-2.0
#include "fluxel/flow_steps.hpp"

#include "host/c_api/flow.hpp"

struct fluxel_image_pyramid {
  fluxel::flow_steps::image_pyramid object;
};
struct fluxel_linear_system {
  fluxel::flow_steps::linear_system object;
};

using namespace fluxel;
using namespace fluxel::host::c_api;

namespace {

using flow_steps::flow_views;
using flow_steps::i16;

flow_pyramid_options options_of(const fluxel_flow_pyramid_options* given) {
  const auto o = read_struct("options", given, fluxel_flow_pyramid_options_default());
  return {.presmoothing = o.presmoothing,
          .factor = o.factor,
          .coarsest_side = o.coarsest_side,
          .max_levels = o.max_levels};
}

template <class T>
fluxel_image image_of(const image_view<const T>& v) {
  fluxel_image im = fluxel_image_of(dtype_of<T>, v.data, v.width, v.height, v.channels);
  im.memory = static_cast<std::int32_t>(v.memory);
  im.pitch = v.pitch;
  im.planes = v.planes;
  im.plane_stride = v.plane_stride;
  im.count = v.count;
  im.stride = v.stride;
  return im;
}

flow_views<const i16> flow_of(const char* u_name, const fluxel_image* u, const char* v_name, const fluxel_image* v) {
  return {typed_view<const i16>(u_name, u), typed_view<const i16>(v_name, v)};
}
flow_views<i16> result_of(const char* u_name, const fluxel_image* u, const char* v_name, const fluxel_image* v) {
  return {typed_view<i16>(u_name, u), typed_view<i16>(v_name, v)};
}

}  // namespace

extern "C" {

fluxel_status fluxel_image_pyramid_create(const fluxel_flow_geometry* geometry,
                                          const fluxel_flow_pyramid_options* options,
                                          const fluxel_placement* placement, fluxel_image_pyramid** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_image_pyramid{
          flow_steps::image_pyramid(geometry_of(geometry), options_of(options), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_image_pyramid_run(fluxel_image_pyramid* object, const fluxel_image* frame,
                                       const fluxel_image* mask, void* stream) {
  return run(__func__, [&] {
    required("object", object)
        .object.run(frame_of("frame", frame), optional_view<const u8>("mask", mask), stream_of(stream));
  });
}

fluxel_status fluxel_image_pyramid_levels(const fluxel_image_pyramid* object, int32_t* levels) {
  return run(__func__, [&] { required("levels", levels) = required("object", object).object.levels(); });
}

fluxel_status fluxel_image_pyramid_level_size(const fluxel_image_pyramid* object, int32_t level, int64_t* width,
                                              int64_t* height) {
  return run(__func__, [&] {
    const size s = required("object", object).object.level_size(level);
    required("width", width) = s.width;
    required("height", height) = s.height;
  });
}

fluxel_status fluxel_image_pyramid_grey(const fluxel_image_pyramid* object, int32_t level, fluxel_image* image) {
  return run(__func__, [&] { required("image", image) = image_of(required("object", object).object.grey(level)); });
}

fluxel_status fluxel_image_pyramid_mask(const fluxel_image_pyramid* object, int32_t level, fluxel_image* image) {
  return run(__func__, [&] { required("image", image) = image_of(required("object", object).object.mask(level)); });
}

fluxel_status fluxel_image_pyramid_prepare(fluxel_image_pyramid* object, fluxel_memory memory) {
  return prepare_object(__func__, object, memory);
}

fluxel_status fluxel_image_pyramid_backend(const fluxel_image_pyramid* object, fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}

fluxel_status fluxel_image_pyramid_workspace_size(const fluxel_image_pyramid* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_image_pyramid_destroy(fluxel_image_pyramid* object) { delete object; }

fluxel_status fluxel_flow_steps_warp(const fluxel_image* prev, const fluxel_image* next, const fluxel_image* u,
                                     const fluxel_image* v, const fluxel_image* warped, const fluxel_image* reason,
                                     const fluxel_placement* placement, void* stream) {
  return run(__func__, [&] {
    flow_steps::warp(typed_view<const u16>("prev", prev), typed_view<const u16>("next", next),
                     flow_of("u", u, "v", v), typed_view<i16>("warped", warped), typed_view<u8>("reason", reason),
                     placement_of(placement), stream_of(stream));
  });
}

fluxel_status fluxel_flow_steps_derivatives(const fluxel_image* prev, const fluxel_image* warped,
                                            const fluxel_derivative_images* to, const fluxel_placement* placement,
                                            void* stream) {
  return run(__func__, [&] {
    const auto t = read_struct("to", to);
    const flow_steps::derivative_views views{.mx = typed_view<i16>("to.mx", t.mx),
                                             .my = typed_view<i16>("to.my", t.my),
                                             .mxx = typed_view<i16>("to.mxx", t.mxx),
                                             .mxy = typed_view<i16>("to.mxy", t.mxy),
                                             .myy = typed_view<i16>("to.myy", t.myy),
                                             .t = typed_view<i16>("to.t", t.t),
                                             .tx = typed_view<i16>("to.tx", t.tx),
                                             .ty = typed_view<i16>("to.ty", t.ty)};
    flow_steps::derivatives(typed_view<const u16>("prev", prev), typed_view<const i16>("warped", warped), views,
                            placement_of(placement), stream_of(stream));
  });
}

fluxel_status fluxel_linear_system_create(int64_t width, int64_t height, const fluxel_horn_schunck_options* options,
                                          const fluxel_placement* placement, fluxel_linear_system** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      const size frame{to_int("width", width), to_int("height", height)};
      return new fluxel_linear_system{
          flow_steps::linear_system(frame, fluxel::host::c_api::options_of(options), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_linear_system_run(fluxel_linear_system* object, const fluxel_image* prev,
                                       const fluxel_image* warped, const fluxel_image* reason, const fluxel_image* u,
                                       const fluxel_image* v, const fluxel_image* updated_u,
                                       const fluxel_image* updated_v, void* stream) {
  return run(__func__, [&] {
    required("object", object)
        .object.run(typed_view<const u16>("prev", prev), typed_view<const i16>("warped", warped),
                    typed_view<const u8>("reason", reason), flow_of("u", u, "v", v),
                    result_of("updated_u", updated_u, "updated_v", updated_v), stream_of(stream));
  });
}

fluxel_status fluxel_linear_system_prepare(fluxel_linear_system* object, fluxel_memory memory) {
  return prepare_object(__func__, object, memory);
}

fluxel_status fluxel_linear_system_backend(const fluxel_linear_system* object, fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}

fluxel_status fluxel_linear_system_workspace_size(const fluxel_linear_system* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_linear_system_destroy(fluxel_linear_system* object) { delete object; }

fluxel_status fluxel_flow_steps_median(const fluxel_image* u, const fluxel_image* v, const fluxel_image* out_u,
                                       const fluxel_image* out_v, int32_t radius, const fluxel_placement* placement,
                                       void* stream) {
  return run(__func__, [&] {
    flow_steps::median(flow_of("u", u, "v", v), result_of("out_u", out_u, "out_v", out_v), radius,
                       placement_of(placement), stream_of(stream));
  });
}

fluxel_status fluxel_flow_steps_upscale_flow(const fluxel_image* coarse_u, const fluxel_image* coarse_v,
                                             const fluxel_image* fine_u, const fluxel_image* fine_v,
                                             const fluxel_placement* placement, void* stream) {
  return run(__func__, [&] {
    flow_steps::upscale_flow(flow_of("coarse_u", coarse_u, "coarse_v", coarse_v),
                             result_of("fine_u", fine_u, "fine_v", fine_v), placement_of(placement),
                             stream_of(stream));
  });
}

fluxel_status fluxel_flow_steps_check_forward_backward(const fluxel_image* u, const fluxel_image* v,
                                                       const fluxel_image* back_u, const fluxel_image* back_v,
                                                       double distance, const fluxel_image* reasons,
                                                       const fluxel_placement* placement, void* stream) {
  return run(__func__, [&] {
    flow_steps::check_forward_backward(flow_of("u", u, "v", v), flow_of("back_u", back_u, "back_v", back_v), distance,
                                       typed_view<u8>("reasons", reasons), placement_of(placement),
                                       stream_of(stream));
  });
}

}  // extern "C"
