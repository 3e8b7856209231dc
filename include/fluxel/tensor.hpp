// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tensors as views. fluxel/dlpack.hpp has the calls for DLPack; this is what they are made of, without its header.

#include <cstdint>
#include <type_traits>

#include "fluxel/export.h"
#include "fluxel/image_like.hpp"

namespace fluxel {
inline namespace v0 {

/// The dimensions of a tensor, outermost first: images of a batch, channels, height, width.
enum class tensor_layout : int { hw = 0, hwc = 1, chw = 2, nhwc = 3, nchw = 4 };

namespace detail {

/// A tensor in the terms of DLPack: its codes of types and devices, strides in elements.
struct tensor {
  void* data = nullptr;
  std::uint64_t byte_offset = 0;
  int dimensions = 0;
  const std::int64_t* shape = nullptr;
  const std::int64_t* strides = nullptr;  ///< null: compact, the last dimension fastest
  int type_code = 0;                      ///< 0 signed, 1 unsigned, 2 float, 4 bfloat
  int bits = 0;
  int lanes = 1;
  int device_type = 1;  ///< 1 host, 2 CUDA, 3 pinned, 13 managed
};

/// Pixels of the type `code` and `bits` name; bits 0 takes any type of pixels.
/// @throws fluxel::error invalid_argument  what a view cannot say, naming `name` and the field.
FLUXEL_API untyped_view view_of_tensor(const tensor& t, tensor_layout layout, int code, int bits, const char* name);

template <class T>
inline constexpr int tensor_type_code = std::is_same_v<T, bf16>                            ? 4
                                        : std::is_same_v<T, f16> || std::is_same_v<T, f32> ? 2
                                        : std::is_signed_v<T>                              ? 0
                                                                                           : 1;

/// The inverse: fills shape and strides (5 places at least are never needed) and returns their number.
/// @throws fluxel::error invalid_argument  a layout that has no place for the view's channels, planes or count.
FLUXEL_API int tensor_of_view(const untyped_view& view, tensor_layout layout, std::int64_t* shape,
                              std::int64_t* strides);

}  // namespace detail
}  // namespace v0
}  // namespace fluxel
