// SPDX-License-Identifier: Apache-2.0
#pragma once

// DLPack tensors (PyTorch, JAX, CuPy, TensorFlow, NumPy ...) as views, and views as DLPack tensors. Needs DLPack's
// own header, which fluxel does not install. Nothing is copied and nothing is owned: a DLManagedTensor stays the
// caller's to delete.
//
//   fluxel::resize_bilinear(fluxel::view_of<const fluxel::f32>(x, fluxel::tensor_layout::nchw),
//                           fluxel::view_of<fluxel::f32>(y, fluxel::tensor_layout::nchw), {}, {}, stream);

#include <dlpack/dlpack.h>

#include <array>
#include <cstdint>
#include <type_traits>

#include "fluxel/tensor.hpp"

namespace fluxel {
inline namespace v0 {

/// A tensor as a view: host, pinned, managed or CUDA memory, any strides whose pixels are packed (channels of hwc and
/// nhwc, columns of the others, are adjacent), any byte_offset.
/// @tparam T  u8, u16, f16, bf16, f32 or std::int16_t, const for sources.
/// @throws fluxel::error invalid_argument  another type, device or number of dimensions, vector lanes, or strides
///                                         that a view cannot express (broadcast, transposed); the message names
///                                         the field.
template <class T>
image_view<T> view_of(const DLTensor& t, tensor_layout layout) {
  using element = std::remove_const_t<T>;
  const detail::untyped_view v =
      detail::view_of_tensor({.data = t.data,
                              .byte_offset = t.byte_offset,
                              .dimensions = static_cast<int>(t.ndim),
                              .shape = t.shape,
                              .strides = t.strides,
                              .type_code = t.dtype.code,
                              .bits = t.dtype.bits,
                              .lanes = t.dtype.lanes,
                              .device_type = static_cast<int>(t.device.device_type)},
                             layout, detail::tensor_type_code<element>, 8 * static_cast<int>(sizeof(T)), "tensor");
  return {static_cast<T*>(v.data), v.width, v.height, v.channels, v.pitch, v.planes,
          v.plane_stride,          v.count, v.stride, v.memory};
}

/// Where the shape and strides of a tensor are kept; outlives the DLTensor.
struct tensor_dimensions {
  std::array<std::int64_t, 4> shape = {};
  std::array<std::int64_t, 4> strides = {};
};

/// A view as a tensor of this layout.
/// @param device  index of the CUDA device of memory on a device.
/// @throws fluxel::error invalid_argument  a layout that has no place for the view's channels, planes or count.
template <class T>
DLTensor tensor_of(const image_view<T>& view, tensor_layout layout, tensor_dimensions& dimensions, int device = 0) {
  using element = std::remove_const_t<T>;
  DLTensor t{};
  t.data = const_cast<element*>(view.data);
  t.ndim = detail::tensor_of_view(detail::untyped(view), layout, dimensions.shape.data(), dimensions.strides.data());
  t.shape = dimensions.shape.data();
  t.strides = dimensions.strides.data();
  t.dtype.code = static_cast<std::uint8_t>(detail::tensor_type_code<element>);
  t.dtype.bits = static_cast<std::uint8_t>(8 * sizeof(T));
  t.dtype.lanes = 1;
  t.device.device_type = view.memory == memory_kind::host     ? kDLCPU
                         : view.memory == memory_kind::pinned ? kDLCUDAHost
                         : view.memory == memory_kind::device ? kDLCUDA
                                                              : kDLCUDAManaged;
  t.device.device_id = view.memory == memory_kind::host ? 0 : device;
  return t;
}

}  // namespace v0
}  // namespace fluxel
