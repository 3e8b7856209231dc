// SPDX-License-Identifier: Apache-2.0
#include "host/c_api/resize.hpp"

#include <span>
#include <vector>

namespace fluxel::host::c_api {

bilinear_options options_of(const fluxel_bilinear_options* given) {
  const auto o = read_struct("options", given, fluxel_bilinear_options_default());
  require_zero("options.reserved", o.reserved);
  return {.coordinates = static_cast<coordinates>(o.coordinates)};
}

resize_options options_of(const fluxel_resize_options* given) {
  const auto o = read_struct("options", given, fluxel_resize_options_default());
  require_zero("options.reserved", o.reserved);
  if (o.has_region != 0 && o.has_region != 1) reject(arguments, "options.has_region", "must be 0 or 1");
  resize_options r{.filter = static_cast<filter>(o.filter),
                   .antialias = static_cast<antialias>(o.antialias),
                   .coordinates = static_cast<coordinates>(o.coordinates),
                   .rounding = static_cast<nearest_rounding>(o.rounding),
                   .cubic_a = o.cubic_a,
                   .cubic_b = o.cubic_b,
                   .cubic_c = o.cubic_c,
                   .alpha = static_cast<alpha>(o.alpha),
                   .linear_light = static_cast<transfer_function>(o.linear_light),
                   .scale_x = o.scale_x,
                   .scale_y = o.scale_y};
  if (o.has_region == 1) r.region = rect{o.region_x, o.region_y, o.region_width, o.region_height};
  return r;
}

resize_geometry geometry_of(const char* name, const fluxel_resize_geometry* given) {
  const auto g = read_struct(name, given);
  const std::string prefix = std::string(name) + ".";
  require_zero((prefix + "reserved").c_str(), g.reserved);
  if (g.dtype < FLUXEL_DTYPE_U8 || g.dtype > FLUXEL_DTYPE_F32)
    reject(arguments, prefix + "dtype", "is not one of u8, u16, f16, bf16 and f32");
  return {{to_int(prefix + "src_width", g.src_width), to_int(prefix + "src_height", g.src_height)},
          {to_int(prefix + "dst_width", g.dst_width), to_int(prefix + "dst_height", g.dst_height)},
          to_int(prefix + "channels", g.channels),
          static_cast<element_type>(g.dtype)};
}

}  // namespace fluxel::host::c_api

using namespace fluxel;
using namespace fluxel::host::c_api;

extern "C" {

fluxel_status fluxel_resize_bilinear(const fluxel_image* src, const fluxel_image* dst,
                                     const fluxel_bilinear_options* options, const fluxel_placement* placement,
                                     void* stream) {
  return run(__func__, [&] {
    const auto o = options_of(options);
    const auto where = placement_of(placement);
    with_views(src, dst, [&](auto s, auto d) { resize_bilinear(s, d, o, where, stream_of(stream)); });
  });
}

fluxel_status fluxel_resize_nearest(const fluxel_image* src, const fluxel_image* dst,
                                    const fluxel_nearest_options* options, const fluxel_placement* placement,
                                    void* stream) {
  return run(__func__, [&] {
    const auto o = read_struct("options", options, fluxel_nearest_options_default());
    const nearest_options n{.coordinates = static_cast<coordinates>(o.coordinates),
                            .rounding = static_cast<nearest_rounding>(o.rounding)};
    const auto where = placement_of(placement);
    check_same_dtype(src, dst);
    const auto from = view_of("src", src), to = view_of("dst", dst);
    auto resize = [&]<class T>(T) {
      resize_nearest(typed<const T>(from), typed<T>(to), n, where, stream_of(stream));
    };
    if (src->dtype == FLUXEL_DTYPE_U64) return resize(std::uint64_t{});
    if (src->dtype == FLUXEL_DTYPE_I16) return resize(u16{});
    visit_dtype("src", src->dtype, resize);
  });
}

fluxel_status fluxel_resize(const fluxel_image* src, const fluxel_image* dst, const fluxel_resize_options* options,
                            const fluxel_placement* placement, void* stream) {
  return run(__func__, [&] {
    const auto o = options_of(options);
    const auto where = placement_of(placement);
    with_views(src, dst, [&](auto s, auto d) { resize(s, d, o, where, stream_of(stream)); });
  });
}

fluxel_status fluxel_resizer_create(const fluxel_resize_geometry* geometry, const fluxel_resize_options* options,
                                    const fluxel_placement* placement, fluxel_resizer** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_resizer{
          resizer(geometry_of("geometry", geometry), options_of(options), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_resizer_create_ragged(const fluxel_resize_options* options, const fluxel_placement* placement,
                                           fluxel_resizer** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle,
          [&] { return new fluxel_resizer{resizer(options_of(options), placement_of(placement))}; });
  });
}

fluxel_status fluxel_resizer_run(const fluxel_resizer* object, const fluxel_image* src, const fluxel_image* dst,
                                 void* stream) {
  return run(__func__, [&] {
    const auto& r = required("object", object).object;
    with_views(src, dst, [&](auto s, auto d) { r.run(s, d, stream_of(stream)); });
  });
}

fluxel_status fluxel_resizer_run_pairs(const fluxel_resizer* object, const fluxel_image_pair* pairs, int64_t count,
                                       void* stream) {
  return run(__func__, [&] {
    const auto& r = required("object", object).object;
    if (count < 0) host::reject(arguments, "count", "is negative");
    if (count == 0) return;
    const std::span<const fluxel_image_pair> given(&required("pairs", pairs), static_cast<std::size_t>(count));
    visit_dtype("pairs[0].src", given[0].src.dtype, [&]<class T>(T) {
      std::vector<resize_pair<T>> views;
      views.reserve(given.size());
      for (std::size_t i = 0; i < given.size(); ++i) {
        const std::string name = "pairs[" + std::to_string(i) + "].";
        views.push_back({typed_view<const T>((name + "src").c_str(), &given[i].src),
                         typed_view<T>((name + "dst").c_str(), &given[i].dst)});
      }
      r.run(views, stream_of(stream));
    });
  });
}

fluxel_status fluxel_resizer_prepare(fluxel_resizer* object, const fluxel_resize_geometry* geometries,
                                     int64_t count) {
  return run(__func__, [&] {
    auto& r = required("object", object).object;
    if (count < 0) host::reject(arguments, "count", "is negative");
    std::vector<resize_geometry> all;
    for (int64_t i = 0; i < count; ++i)
      all.push_back(
          geometry_of(("geometries[" + std::to_string(i) + "]").c_str(), &required("geometries", geometries) + i));
    r.prepare(all);
  });
}

fluxel_status fluxel_resizer_prepare_memory(fluxel_resizer* object, fluxel_memory memory) {
  return prepare_object(__func__, object, memory);
}

fluxel_status fluxel_resizer_backend(const fluxel_resizer* object, fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}

fluxel_status fluxel_resizer_workspace_size(const fluxel_resizer* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_resizer_destroy(fluxel_resizer* object) { delete object; }

}  // extern "C"
