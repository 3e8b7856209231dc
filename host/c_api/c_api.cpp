// SPDX-License-Identifier: Apache-2.0
// The C ABI: converts arguments, calls the C++ functions, turns exceptions into codes.

#include "host/c_api/c_api.hpp"

#include <climits>
#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "fluxel/fluxel.h"
#include "fluxel/resize.hpp"
#include "fluxel/version.hpp"

struct fluxel_resizer {
  fluxel::resizer resize;
};

namespace {

using namespace fluxel;
using namespace fluxel::host::c_api;
using host::call_site;
using host::reject;

resize_options options_of(const call_site& site, const fluxel_resize_options* given) {
  const auto o = read_struct(site, "options", given);
  resize_options r{.filter = static_cast<filter>(o.filter),
                   .antialias = static_cast<antialias>(o.antialias),
                   .coordinates = static_cast<coordinates>(o.coordinates),
                   .rounding = static_cast<nearest_rounding>(o.rounding),
                   .alpha = static_cast<alpha>(o.alpha),
                   .scale_x = o.scale_x,
                   .scale_y = o.scale_y};
  if (o.cubic_a != 0) r.cubic_a = o.cubic_a;
  if (o.cubic_b != 0 || o.cubic_c != 0) {
    r.cubic_b = o.cubic_b;
    r.cubic_c = o.cubic_c;
  }
  if (o.region_width != 0 || o.region_height != 0)
    r.region = rect{o.region_x, o.region_y, o.region_width, o.region_height};
  return r;
}

placement placement_of(const fluxel_resize_options* given, fluxel_run_on where) {
  const auto o = read_struct({"resize"}, "options", given);
  return {.processor = static_cast<run_on>(static_cast<int>(where)), .device = o.device - 1, .threads = o.threads};
}

}  // namespace

extern "C" {

fluxel_status fluxel_resize_bilinear(const fluxel_image* src, const fluxel_image* dst,
                                     const fluxel_bilinear_options* options, void* stream) {
  return translate_bad_alloc([&] {
    const call_site site{"resize_bilinear"};
    const auto o = read_struct(site, "options", options);
    const bilinear_options b{.coordinates = static_cast<coordinates>(o.coordinates)};
    with_views(site, required(site, "src", src), required(site, "dst", dst),
               [&](auto s, auto d) { resize_bilinear(s, d, b, {.threads = o.threads}, stream_of(stream)); });
  });
}

fluxel_status fluxel_resize_nearest(const fluxel_image* src, const fluxel_image* dst,
                                    const fluxel_nearest_options* options, void* stream) {
  return translate_bad_alloc([&] {
    const call_site site{"resize_nearest"};
    const auto o = read_struct(site, "options", options);
    const nearest_options n{.coordinates = static_cast<coordinates>(o.coordinates),
                            .rounding = static_cast<nearest_rounding>(o.rounding)};
    const auto& from = required(site, "src", src);
    const auto& to = required(site, "dst", dst);
    auto run = [&](auto s, auto d) { resize_nearest(s, d, n, {.threads = o.threads}, stream_of(stream)); };
    if (from.dtype != FLUXEL_U64) return with_views(site, from, to, run);
    check_dtypes(site, from, to);
    run(image_view<const std::uint64_t>(view_of<std::uint64_t>(site, "src", from)),
        view_of<std::uint64_t>(site, "dst", to));
  });
}

fluxel_status fluxel_resize(const fluxel_image* src, const fluxel_image* dst, const fluxel_resize_options* options,
                            void* stream) {
  return translate_bad_alloc([&] {
    const call_site site{"resize"};
    const auto o = options_of(site, options);
    with_views(site, required(site, "src", src), required(site, "dst", dst),
               [&](auto s, auto d) { resize(s, d, o, placement_of(options, FLUXEL_BY_MEMORY), stream_of(stream)); });
  });
}

fluxel_status fluxel_resizer_create(const fluxel_resize_geometry* geometry, const fluxel_resize_options* options,
                                    fluxel_run_on run_on, fluxel_resizer** out_handle) {
  if (out_handle != nullptr) *out_handle = nullptr;
  return translate_bad_alloc([&] {
    const call_site site{"resizer_create"};
    required(site, "resizer", out_handle);
    required(site, "geometry", geometry);
    const auto g = read_struct(site, "geometry", geometry);
    const resize_geometry typed{
        {to_int(site, "geometry.src_width", g.src_width), to_int(site, "geometry.src_height", g.src_height)},
        {to_int(site, "geometry.dst_width", g.dst_width), to_int(site, "geometry.dst_height", g.dst_height)},
        to_int(site, "geometry.channels", g.channels),
        static_cast<element_type>(g.dtype)};
    *out_handle = new fluxel_resizer{resizer(typed, options_of(site, options), placement_of(options, run_on))};
  });
}

fluxel_status fluxel_resizer_run(const fluxel_resizer* object, const fluxel_image* src, const fluxel_image* dst,
                                 void* stream) {
  return translate_bad_alloc([&] {
    const call_site site{"resizer_run"};
    const auto& r = required(site, "resizer", object);
    with_views(site, required(site, "src", src), required(site, "dst", dst),
               [&](auto s, auto d) { r.resize.run(s, d, stream_of(stream)); });
  });
}

fluxel_status fluxel_resizer_backend(const fluxel_resizer* object, fluxel_backend* backend) {
  return translate_bad_alloc([&] {
    const call_site site{"resizer_backend"};
    required(site, "backend", backend);
    *backend = static_cast<fluxel_backend>(required(site, "resizer", object).resize.backend());
  });
}

void fluxel_resizer_destroy(fluxel_resizer* resizer) { delete resizer; }

fluxel_status fluxel_device_count(int32_t* count) {
  return translate_bad_alloc([&] {
    required({"device_count"}, "count", count);
    *count = device_count();
  });
}

const char* fluxel_no_device_reason(void) {
  thread_local std::string reason;
  const auto status = translate_bad_alloc([] { reason = no_device_reason(); });
  return status == FLUXEL_OK ? reason.c_str() : fluxel_last_message();
}

fluxel_status fluxel_describe_device(int32_t index, fluxel_device_info* info) {
  return translate_bad_alloc([&] {
    const call_site site{"describe_device"};
    const std::size_t size = required(site, "info", info).struct_size;
    if (size < sizeof(fluxel_device_info)) reject(site, "info.struct_size", "is not set");
    const auto found = describe_device(index);
    *info = {};
    info->struct_size = size;
    std::strncpy(info->name, found.name.c_str(), sizeof info->name - 1);
    info->compute_capability = found.compute_capability;
    info->memory_bytes = found.memory_bytes;
  });
}

fluxel_status fluxel_warm_up(int32_t index) {
  return translate_bad_alloc([&] { warm_up(index); });
}

const char* fluxel_cpu_target(void) {
  thread_local std::string name;
  return translate_bad_alloc([] { name = cpu_target(); }) == FLUXEL_OK ? name.c_str() : "";
}

const char* fluxel_version(void) { return FLUXEL_VERSION; }

int32_t fluxel_bytes_revision(const char* operation) {
  int32_t revision = 0;
  translate_bad_alloc([&] {
    for (const auto& r : bytes_revisions())
      if (operation != nullptr && r.operation == operation) revision = r.revision;
  });
  return revision;
}

const char* fluxel_status_name(fluxel_status status) {
  switch (status) {
    case FLUXEL_OK:
      return "ok";
    case FLUXEL_INVALID_ARGUMENT:
      return "invalid argument";
    case FLUXEL_NO_DEVICE:
      return "no device";
    case FLUXEL_OUT_OF_MEMORY:
      return "out of memory";
    case FLUXEL_DEVICE_FAILURE:
      return "device failure";
    case FLUXEL_INTERNAL:
      return "internal error";
  }
  return "unknown status";
}

const char* fluxel_last_message(void) { return last_message.c_str(); }

}  // extern "C"
