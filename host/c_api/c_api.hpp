// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the functions of the C interface share: no exception leaves, messages are kept per thread and name the C
// function, structs are read by their size.

#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>

#include "fluxel/error.hpp"
#include "fluxel/fluxel.h"
#include "fluxel/image_like.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/stream.hpp"
#include "fluxel/types.hpp"
#include "host/core/errors.hpp"

namespace fluxel::host::c_api {

/// Keeps "function: argument: problem" for fluxel_last_message; `what` begins with the name of the C++ function.
fluxel_status remember(fluxel_status code, const char* function, const char* what) noexcept;

/// Runs f, and turns what it throws into a code.
template <class F>
fluxel_status run(const char* function, F&& f) noexcept {
  try {
    f();
    return FLUXEL_STATUS_OK;
  } catch (const error& e) {
    return remember(static_cast<fluxel_status>(e.code()), function, e.what());
  } catch (const std::bad_alloc&) {
    return remember(FLUXEL_STATUS_OUT_OF_MEMORY, function, ": memory: there is not enough");
  } catch (const std::exception& e) {
    return remember(FLUXEL_STATUS_INTERNAL, function, (": internal: " + std::string(e.what())).c_str());
  } catch (...) {
    return remember(FLUXEL_STATUS_INTERNAL, function, ": internal: an unknown exception");
  }
}

/// The site of arguments that the C functions check themselves; `run` puts the name of the function there.
inline constexpr call_site arguments{""};

template <class T>
T& required(const char* name, T* p) {
  if (p == nullptr) reject(arguments, name, "is null");
  return *p;
}

/// A result: null until it is made.
template <class T>
void store(const char* name, T** where, auto&& make) {
  required(name, where) = nullptr;
  *where = make();
}

/// What every handle can be asked; `object` is its C++ object.
template <class Handle>
fluxel_status prepare_object(const char* function, Handle* handle, fluxel_memory memory) noexcept {
  return run(function, [&] { required("object", handle).object.prepare(static_cast<memory_kind>(memory)); });
}
template <class Handle>
fluxel_status backend_of_object(const char* function, const Handle* handle, fluxel_backend* result) noexcept {
  return run(function, [&] {
    required("backend", result) = static_cast<fluxel_backend>(required("object", handle).object.backend());
  });
}
template <class Handle>
fluxel_status workspace_size_of_object(const char* function, const Handle* handle, std::size_t* bytes) noexcept {
  return run(function, [&] { required("bytes", bytes) = required("object", handle).object.workspace_size(); });
}

int to_int(const std::string& name, std::int64_t v);
void require_zero(const char* name, std::int64_t reserved);

/// The caller's struct over the defaults. It may be shorter than ours (older) or longer (newer): fields that we do
/// not have must be zero.
template <class T>
T read_struct(const char* name, const T* given, const T& defaults) {
  T known = defaults;
  if (given == nullptr) return known;
  std::size_t size = 0;
  std::memcpy(&size, given, sizeof size);
  if (size < sizeof size) reject(arguments, std::string(name) + ".struct_size", "is not set");
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  for (std::size_t i = sizeof(T); i < size; ++i)
    if (bytes[i] != 0) reject(arguments, name, "uses fields that this version of the library does not have");
  std::memcpy(&known, given, size < sizeof(T) ? size : sizeof(T));
  return known;
}
template <class T>
T read_struct(const char* name, const T* given) {
  return read_struct(name, &required(name, given), T{});
}

/// Fills in the caller's struct as far as it reaches; its struct_size stays.
template <class T>
void write_struct(const char* name, T* to, T value) {
  std::memcpy(&value.struct_size, &required(name, to), sizeof value.struct_size);
  if (value.struct_size < sizeof value.struct_size)
    reject(arguments, std::string(name) + ".struct_size", "is not set");
  std::memcpy(to, &value, value.struct_size < sizeof(T) ? value.struct_size : sizeof(T));
}

inline stream_ref stream_of(void* stream) { return static_cast<CUstream_st*>(stream); }
placement placement_of(const fluxel_placement* given);
memory_kind memory_of(fluxel_memory memory);

/// An image of any dtype as a view.
detail::untyped_view view_of(const char* name, const fluxel_image* im);
/// The same, of this dtype.
detail::untyped_view view_of(const char* name, const fluxel_image* im, fluxel_dtype dtype);
void check_same_dtype(const fluxel_image* src, const fluxel_image* dst);

template <class T>
inline constexpr fluxel_dtype dtype_of = FLUXEL_DTYPE_I16;
template <>
inline constexpr fluxel_dtype dtype_of<u8> = FLUXEL_DTYPE_U8;
template <>
inline constexpr fluxel_dtype dtype_of<u16> = FLUXEL_DTYPE_U16;
template <>
inline constexpr fluxel_dtype dtype_of<f16> = FLUXEL_DTYPE_F16;
template <>
inline constexpr fluxel_dtype dtype_of<bf16> = FLUXEL_DTYPE_BF16;
template <>
inline constexpr fluxel_dtype dtype_of<f32> = FLUXEL_DTYPE_F32;

template <class T>
image_view<T> typed(const detail::untyped_view& v) {
  return {static_cast<T*>(v.data), v.width, v.height, v.channels, v.pitch, v.planes,
          v.plane_stride,          v.count, v.stride, v.memory};
}
template <class T>
image_view<T> typed_view(const char* name, const fluxel_image* im) {
  return typed<T>(view_of(name, im, dtype_of<std::remove_const_t<T>>));
}
/// Null, or without data: absent.
template <class T>
image_view<T> optional_view(const char* name, const fluxel_image* im) {
  if (im == nullptr || im->data == nullptr) return {};
  return typed_view<T>(name, im);
}

/// Calls f(T{}) with the pixel type of a dtype.
template <class F>
decltype(auto) visit_dtype(const char* name, std::int32_t dtype, F&& f) {
  switch (dtype) {
    case FLUXEL_DTYPE_U8:
      return f(u8{});
    case FLUXEL_DTYPE_U16:
      return f(u16{});
    case FLUXEL_DTYPE_F16:
      return f(f16{});
    case FLUXEL_DTYPE_BF16:
      return f(bf16{});
    case FLUXEL_DTYPE_F32:
      return f(f32{});
    default:
      reject(arguments, std::string(name) + ".dtype", "is not one of u8, u16, f16, bf16 and f32");
  }
}

/// Calls f(src, dst) with typed views of one dtype.
template <class F>
void with_views(const fluxel_image* src, const fluxel_image* dst, F&& f) {
  check_same_dtype(src, dst);
  visit_dtype("src", src->dtype, [&]<class T>(T) { f(typed_view<const T>("src", src), typed_view<T>("dst", dst)); });
}

}  // namespace fluxel::host::c_api
