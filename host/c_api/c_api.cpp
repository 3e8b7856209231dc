// SPDX-License-Identifier: Apache-2.0
#include "host/c_api/c_api.hpp"

namespace fluxel::host::c_api {

namespace {
thread_local std::string last_message;

int element_bytes(std::int32_t dtype) {
  switch (dtype) {
    case FLUXEL_DTYPE_U8:
      return 1;
    case FLUXEL_DTYPE_F32:
      return 4;
    case FLUXEL_DTYPE_U64:
      return 8;
    default:
      return 2;
  }
}

}  // namespace

fluxel_status remember(fluxel_status code, const char* function, const char* what) noexcept {
  try {
    const char* after_name = std::strstr(what, ": ");
    last_message = std::string(function) + (after_name != nullptr ? after_name : what);
  } catch (...) {
    last_message.clear();  // no memory for words
  }
  return code;
}

int to_int(const std::string& name, std::int64_t v) {
  if (v > INT_MAX || v < INT_MIN) reject(arguments, name, "is " + std::to_string(v) + "; must be below 2^31");
  return static_cast<int>(v);
}

void require_zero(const char* name, std::int64_t reserved) {
  if (reserved != 0) reject(arguments, name, "is " + std::to_string(reserved) + "; must be 0");
}

placement placement_of(const fluxel_placement* given) {
  const auto p = read_struct("placement", given, fluxel_placement_default());
  require_zero("placement.reserved", p.reserved);
  auto resource = [](const fluxel_memory_resource& r) {
    return memory_resource{r.allocate, r.deallocate, r.context};
  };
  return {.processor = static_cast<run_on>(p.run_on),
          .device = p.device,
          .threads = p.threads,
          .device_memory = resource(p.device_memory),
          .host_memory = resource(p.host_memory)};
}

memory_kind memory_of(fluxel_memory memory) { return static_cast<memory_kind>(memory); }

detail::untyped_view view_of(const char* name, const fluxel_image* im) {
  const fluxel_image& given = required(name, im);
  const std::string prefix = std::string(name) + ".";
  if (given.dtype < FLUXEL_DTYPE_U8 || given.dtype > FLUXEL_DTYPE_I16)
    reject(arguments, prefix + "dtype", "is not a fluxel_dtype");
  if (given.memory < FLUXEL_MEMORY_HOST || given.memory > FLUXEL_MEMORY_DEVICE)
    reject(arguments, prefix + "memory", "is not a fluxel_memory");
  auto number = [&](const char* field, std::int64_t v) { return to_int(prefix + field, v); };
  auto at_least_one = [&](const char* field, std::int64_t v) { return v == 0 ? 1 : number(field, v); };
  detail::untyped_view v;
  v.data = given.data;
  v.width = number("width", given.width);
  v.height = number("height", given.height);
  v.channels = at_least_one("channels", given.channels);
  v.pitch = static_cast<std::ptrdiff_t>(given.pitch);
  v.planes = at_least_one("planes", given.planes);
  v.plane_stride = static_cast<std::ptrdiff_t>(given.plane_stride);
  v.count = at_least_one("count", given.count);
  v.stride = static_cast<std::ptrdiff_t>(given.stride);
  v.memory = static_cast<memory_kind>(given.memory);
  v.element_bytes = element_bytes(given.dtype);
  if (given.dtype <= FLUXEL_DTYPE_F32) v.type = static_cast<element_type>(given.dtype);
  return v;
}

detail::untyped_view view_of(const char* name, const fluxel_image* im, fluxel_dtype dtype) {
  static constexpr const char* names[] = {"", "u8", "u16", "f16", "bf16", "f32", "u64", "i16"};
  if (required(name, im).dtype != dtype)
    reject(arguments, std::string(name) + ".dtype", std::string("must be ") + names[dtype]);
  return view_of(name, im);
}

void check_same_dtype(const fluxel_image* src, const fluxel_image* dst) {
  if (required("src", src).dtype != required("dst", dst).dtype) reject(arguments, "dst.dtype", "is not that of src");
}

}  // namespace fluxel::host::c_api

extern "C" const char* fluxel_last_message(void) { return fluxel::host::c_api::last_message.c_str(); }
