// SPDX-License-Identifier: Apache-2.0
#include "fluxel/tensor.hpp"

#include <climits>
#include <cstddef>
#include <string>

#include "host/core/errors.hpp"

namespace fluxel {

namespace host {
namespace {

/// Which dimension is which; -1: the layout does not have it.
struct dimension_order {
  int dimensions, count, planes, height, width, channels;
};

dimension_order order_of(const call_site& site, tensor_layout layout) {
  switch (layout) {
    case tensor_layout::hw:
      return {2, -1, -1, 0, 1, -1};
    case tensor_layout::hwc:
      return {3, -1, -1, 0, 1, 2};
    case tensor_layout::chw:
      return {3, -1, 0, 1, 2, -1};
    case tensor_layout::nhwc:
      return {4, 0, -1, 1, 2, 3};
    case tensor_layout::nchw:
      return {4, 0, 1, 2, 3, -1};
  }
  reject(site, "layout", "is not a tensor_layout");
}

/// A tensor whose fields are looked up by dimension, with checks.
class tensor_reader {
 public:
  tensor_reader(const call_site& site, const char* name, const detail::tensor& t)
      : site_(site), name_(name), t_(t), bytes_(t.bits / 8) {}

  [[noreturn]] void refuse(const std::string& field, const std::string& problem) const {
    reject(site_, name_ + field, problem);
  }

  /// 1 for a dimension that the layout does not have.
  int extent(int dimension) const {
    if (dimension < 0) return 1;
    const std::int64_t n = t_.shape[dimension];
    if (n < 0 || n > INT_MAX)
      refuse(index(".shape", dimension), "is " + std::to_string(n) + "; must be 0 to 2^31 - 1");
    return static_cast<int>(n);
  }

  /// Elements from one to the next.
  std::int64_t stride(int dimension) const {
    if (t_.strides != nullptr) return t_.strides[dimension];
    std::int64_t product = 1;
    for (int d = dimension + 1; d < t_.dimensions; ++d)
      if (__builtin_mul_overflow(product, t_.shape[d], &product)) refuse(".shape", "is beyond the address space");
    return product;
  }

  /// Bytes from one to the next; 0 (packed) where there is only one.
  std::ptrdiff_t byte_stride(int dimension) const {
    if (dimension < 0 || extent(dimension) <= 1) return 0;
    const std::int64_t s = stride(dimension);
    if (s == 0) refuse(index(".strides", dimension), "is 0: a broadcast tensor must be made contiguous first");
    std::ptrdiff_t bytes = 0;
    if (__builtin_mul_overflow(s, std::ptrdiff_t{bytes_}, &bytes))
      refuse(index(".strides", dimension), "is beyond the address space");
    return bytes;
  }

  void require_packed(int dimension, std::int64_t expected) const {
    if (dimension < 0 || extent(dimension) <= 1 || stride(dimension) == expected) return;
    refuse(index(".strides", dimension), "is " + std::to_string(stride(dimension)) +
                                             ", but pixels are packed: it must be " + std::to_string(expected));
  }

 private:
  static std::string index(const char* field, int dimension) {
    return std::string(field) + "[" + std::to_string(dimension) + "]";
  }
  const call_site& site_;
  std::string name_;
  const detail::tensor& t_;
  int bytes_;
};

std::string type_name(int code, int bits) {
  const char* kind = code == 0 ? "int" : code == 1 ? "uint" : code == 2 ? "float" : code == 4 ? "bfloat" : nullptr;
  return kind == nullptr ? "type code " + std::to_string(code) : kind + std::to_string(bits);
}

element_type pixel_type(int code, int bits) {
  if (code == 1 && bits == 8) return element_type::u8;
  if (code == 1 && bits == 16) return element_type::u16;
  if (code == 2 && bits == 16) return element_type::f16;
  if (code == 4 && bits == 16) return element_type::bf16;
  if (code == 2 && bits == 32) return element_type::f32;
  return {};
}

void check_type(const tensor_reader& reader, const detail::tensor& t, int code, int bits) {
  if (t.lanes != 1) reader.refuse(".dtype.lanes", "is " + std::to_string(t.lanes) + "; must be 1");
  if (bits == 0) {
    if (pixel_type(t.type_code, t.bits) == element_type{})
      reader.refuse(".dtype",
                    "is " + type_name(t.type_code, t.bits) + "; must be uint8, uint16, float16, bfloat16 or float32");
  } else if (t.type_code != code || t.bits != bits) {
    reader.refuse(".dtype", "is " + type_name(t.type_code, t.bits) + "; must be " + type_name(code, bits));
  }
}

memory_kind memory_of(const tensor_reader& reader, int device_type) {
  switch (device_type) {
    case 1:
      return memory_kind::host;
    case 2:
      return memory_kind::device;
    case 3:
      return memory_kind::pinned;
    case 13:
      return memory_kind::managed;
    default:
      reader.refuse(".device.device_type",
                    "is " + std::to_string(device_type) + "; must be kDLCPU, kDLCUDA, kDLCUDAHost or kDLCUDAManaged");
  }
}

}  // namespace
}  // namespace host

inline namespace v0 {
namespace detail {

untyped_view view_of_tensor(const tensor& t, tensor_layout layout, int code, int bits, const char* name) {
  const host::call_site site{"view_of"};
  const auto order = host::order_of(site, layout);
  const host::tensor_reader reader(site, name, t);
  if (t.dimensions != order.dimensions)
    reader.refuse(".ndim",
                  "is " + std::to_string(t.dimensions) + "; the layout has " + std::to_string(order.dimensions));
  if (t.shape == nullptr) reader.refuse(".shape", "is null");
  host::check_type(reader, t, code, bits);
  untyped_view v;
  v.memory = host::memory_of(reader, t.device_type);
  v.width = reader.extent(order.width);
  v.height = reader.extent(order.height);
  v.channels = reader.extent(order.channels);
  v.planes = reader.extent(order.planes);
  v.count = reader.extent(order.count);
  reader.require_packed(order.channels, 1);
  reader.require_packed(order.width, v.channels);
  v.pitch = reader.byte_stride(order.height);
  v.plane_stride = reader.byte_stride(order.planes);
  v.stride = reader.byte_stride(order.count);
  v.element_bytes = t.bits / 8;
  v.type = host::pixel_type(t.type_code, t.bits);
  v.data = t.data == nullptr ? nullptr : static_cast<std::byte*>(t.data) + t.byte_offset;
  return v;
}

int tensor_of_view(const untyped_view& view, tensor_layout layout, std::int64_t* shape, std::int64_t* strides) {
  const host::call_site site{"tensor_of"};
  const auto order = host::order_of(site, layout);
  auto put = [&](const char* field, int dimension, int extent, std::ptrdiff_t bytes) {
    if (dimension < 0) {
      if (extent != 1)
        host::reject(site, std::string("view.") + field,
                     "is " + std::to_string(extent) + "; the layout has no place for it");
      return;
    }
    if (bytes % view.element_bytes != 0)
      host::reject(site, std::string("view.") + field, "has a stride that is no multiple of the element");
    shape[dimension] = extent;
    strides[dimension] = bytes / view.element_bytes;
  };
  const std::ptrdiff_t pixel = std::ptrdiff_t{view.channels} * view.element_bytes;
  const std::ptrdiff_t pitch = view.pitch != 0 ? view.pitch : pixel * view.width;
  const std::ptrdiff_t plane = view.plane_stride != 0 ? view.plane_stride : pitch * view.height;
  put("channels", order.channels, view.channels, view.element_bytes);
  put("width", order.width, view.width, pixel);
  put("height", order.height, view.height, pitch);
  put("planes", order.planes, view.planes, plane);
  put("count", order.count, view.count, view.stride != 0 ? view.stride : plane * view.planes);
  return order.dimensions;
}

}  // namespace detail
}  // namespace v0
}  // namespace fluxel
