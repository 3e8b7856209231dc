// SPDX-License-Identifier: Apache-2.0
#include "fluxel/tensor.hpp"

#include "host/c_api/c_api.hpp"

using namespace fluxel;
using namespace fluxel::host::c_api;

extern "C" fluxel_status fluxel_image_from_tensor(const fluxel_tensor* tensor, fluxel_tensor_layout layout,
                                                  const char* name, fluxel_image* image) {
  return run(__func__, [&] {
    const char* called = name != nullptr ? name : "tensor";
    const auto t = read_struct(called, tensor);
    require_zero((std::string(called) + ".reserved").c_str(), t.reserved);
    const auto v = detail::view_of_tensor({.data = t.data,
                                           .byte_offset = t.byte_offset,
                                           .dimensions = t.dimensions,
                                           .shape = t.shape,
                                           .strides = t.strides,
                                           .type_code = t.type_code,
                                           .bits = t.bits,
                                           .lanes = t.lanes,
                                           .device_type = t.device_type},
                                          static_cast<tensor_layout>(layout), 0, 0, called);
    if (v.channels == 0 || v.planes == 0 || v.count == 0)
      host::reject(arguments, std::string(called) + ".shape", "has a 0, which an image cannot say");
    fluxel_image out = {};
    out.data = v.data;
    out.dtype = static_cast<std::int32_t>(v.type);
    out.memory = static_cast<std::int32_t>(v.memory);
    out.width = v.width;
    out.height = v.height;
    out.channels = v.channels;
    out.pitch = v.pitch;
    out.planes = v.planes;
    out.plane_stride = v.plane_stride;
    out.count = v.count;
    out.stride = v.stride;
    required("image", image) = out;
  });
}
