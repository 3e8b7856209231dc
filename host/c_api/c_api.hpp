// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the functions of the C ABI share: no exception leaves, messages are kept per thread, structs are read by size.

#include <climits>
#include <cstring>
#include <new>
#include <string>

#include "fluxel/error.hpp"
#include "fluxel/fluxel.h"
#include "fluxel/image_view.hpp"
#include "fluxel/stream.hpp"
#include "host/core/errors.hpp"

namespace fluxel::host::c_api {

inline thread_local std::string last_message;

inline fluxel_status remember(fluxel_status code, const char* message) noexcept {
  try {
    last_message = message;
  } catch (...) {
    last_message.clear();  // no memory for words
  }
  return code;
}

template <class F>
fluxel_status translate_bad_alloc(F&& f) noexcept {
  try {
    f();
    return FLUXEL_OK;
  } catch (const error& e) {
    return remember(static_cast<fluxel_status>(e.code()), e.what());
  } catch (const std::bad_alloc&) {
    return remember(FLUXEL_OUT_OF_MEMORY, "memory: the host has not enough");
  } catch (const std::exception& e) {
    return remember(FLUXEL_INTERNAL, e.what());
  } catch (...) {
    return remember(FLUXEL_INTERNAL, "an unknown exception");
  }
}

template <class T>
const T& required(const call_site& site, const char* name, const T* p) {
  if (p == nullptr) reject(site, name, "is null");
  return *p;
}

inline int to_int(const call_site& site, const std::string& name, std::int64_t v) {
  if (v > INT_MAX || v < INT_MIN) reject(site, name, "is " + std::to_string(v) + "; must be below 2^31");
  return static_cast<int>(v);
}

/// The caller's struct, which may be older (shorter) or newer (longer) than ours: fields that one of them lacks must
/// be zero.
template <class T>
T read_struct(const call_site& site, const char* name, const T* given) {
  T known{};
  if (given == nullptr) return known;
  std::size_t size = 0;
  std::memcpy(&size, given, sizeof size);
  if (size < sizeof size) reject(site, std::string(name) + ".struct_size", "is not set");
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  for (std::size_t i = sizeof(T); i < size; ++i)
    if (bytes[i] != 0) reject(site, name, "uses fields that this version of the library does not have");
  std::memcpy(&known, given, size < sizeof(T) ? size : sizeof(T));
  return known;
}

template <class T>
image_view<T> view_of(const call_site& site, const std::string& name, const fluxel_image& im) {
  auto get = [&](const char* field, std::int64_t v) { return to_int(site, name + "." + field, v); };
  if (im.memory < FLUXEL_HOST || im.memory > FLUXEL_DEVICE) reject(site, name + ".memory", "is not a fluxel_memory");
  return {.data = static_cast<T*>(im.data),
          .width = get("width", im.width),
          .height = get("height", im.height),
          .channels = get("channels", im.channels),
          .pitch = static_cast<std::ptrdiff_t>(im.pitch),
          .planes = im.planes == 0 ? 1 : get("planes", im.planes),
          .plane_stride = static_cast<std::ptrdiff_t>(im.plane_stride),
          .count = get("count", im.count),
          .stride = static_cast<std::ptrdiff_t>(im.stride),
          .memory = static_cast<memory_kind>(im.memory)};
}

inline stream_ref stream_of(void* stream) { return static_cast<CUstream_st*>(stream); }

inline void check_dtypes(const call_site& site, const fluxel_image& src, const fluxel_image& dst) {
  if (src.dtype != dst.dtype) reject(site, "dst.dtype", "is not that of src");
}

/// Calls f(src, dst) with typed views.
template <class F>
void with_views(const call_site& site, const fluxel_image& src, const fluxel_image& dst, F&& f) {
  check_dtypes(site, src, dst);
  auto call = [&]<class T>(T) { f(image_view<const T>(view_of<T>(site, "src", src)), view_of<T>(site, "dst", dst)); };
  switch (src.dtype) {
    case FLUXEL_U8:
      return call(u8{});
    case FLUXEL_U16:
      return call(u16{});
    case FLUXEL_F16:
      return call(f16{});
    case FLUXEL_BF16:
      return call(bf16{});
    case FLUXEL_F32:
      return call(f32{});
    default:
      reject(site, "src.dtype", "is not one of u8, u16, f16, bf16 and f32");
  }
}

}  // namespace fluxel::host::c_api
