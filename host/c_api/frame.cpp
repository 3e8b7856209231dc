// SPDX-License-Identifier: Apache-2.0
#include "fluxel/frame.hpp"

#include "fluxel/frame_upsampler.hpp"
#include "fluxel/owned_frame.hpp"
#include "host/c_api/frame.hpp"
#include "host/c_api/resize.hpp"

struct fluxel_frame_upsampler {
  fluxel::frame_upsampler object;
};

using namespace fluxel;
using namespace fluxel::host::c_api;

namespace {

bool flag(const std::string& name, std::int32_t v) {
  if (v != 0 && v != 1) host::reject(arguments, name, "must be 0 or 1");
  return v == 1;
}

void write_format(fluxel_frame_format* to, const frame_format& f) {
  fluxel_frame_format g = {};
  g.width = f.width;
  g.height = f.height;
  g.plane_count = f.plane_count;
  for (std::size_t p = 0; p < 4; ++p) {
    g.channels[p] = f.planes[p].channels;
    g.subsampled[p] = f.planes[p].subsampled ? 1 : 0;
  }
  g.chroma_shift_x = f.chroma_shift_x;
  g.chroma_shift_y = f.chroma_shift_y;
  g.bit_depth = f.bit_depth;
  g.high_bits = f.high_bits ? 1 : 0;
  g.floating = f.floating ? 1 : 0;
  g.chroma_location = static_cast<std::int32_t>(f.chroma_location);
  g.range = static_cast<std::int32_t>(f.range);
  g.matrix = static_cast<std::int32_t>(f.matrix);
  g.alpha = static_cast<std::int32_t>(f.alpha);
  g.fields = static_cast<std::int32_t>(f.fields);
  write_struct("format", to, g);
}

size size_of(std::int64_t width, std::int64_t height) { return {to_int("width", width), to_int("height", height)}; }

}  // namespace

frame_format fluxel::host::c_api::format_of(const char* name, const fluxel_frame_format* given) {
  const auto g = read_struct(name, given);
  const std::string prefix = std::string(name) + ".";
  frame_format f;
  f.width = to_int(prefix + "width", g.width);
  f.height = to_int(prefix + "height", g.height);
  f.plane_count = g.plane_count;
  for (std::size_t p = 0; p < 4; ++p) f.planes[p] = {g.channels[p], flag(prefix + "subsampled", g.subsampled[p])};
  f.chroma_shift_x = g.chroma_shift_x;
  f.chroma_shift_y = g.chroma_shift_y;
  f.bit_depth = g.bit_depth;
  f.high_bits = flag(prefix + "high_bits", g.high_bits);
  f.floating = flag(prefix + "floating", g.floating);
  f.chroma_location = static_cast<chroma_location>(g.chroma_location);
  f.range = static_cast<color_range>(g.range);
  f.matrix = static_cast<color_matrix>(g.matrix);
  f.alpha = static_cast<alpha>(g.alpha);
  f.fields = static_cast<field_order>(g.fields);
  return f;
}

frame_view<void> fluxel::host::c_api::frame_of(const char* name, const fluxel_frame* given) {
  const auto g = read_struct(name, given);
  const std::string prefix = std::string(name) + ".";
  require_zero((prefix + "reserved").c_str(), g.reserved);
  if (g.memory < FLUXEL_MEMORY_HOST || g.memory > FLUXEL_MEMORY_DEVICE)
    host::reject(arguments, prefix + "memory", "is not a fluxel_memory");
  frame_view<void> v;
  v.format = format_of((prefix + "format").c_str(), g.format);
  for (std::size_t p = 0; p < 4; ++p) {
    v.data[p] = g.data[p];
    v.pitch[p] = static_cast<std::ptrdiff_t>(g.pitch[p]);
  }
  v.memory = static_cast<memory_kind>(g.memory);
  return v;
}

extern "C" {

fluxel_status fluxel_frame_format_nv12(int64_t width, int64_t height, fluxel_frame_format* format) {
  return run(__func__, [&] { write_format(format, formats::nv12(size_of(width, height))); });
}

fluxel_status fluxel_frame_format_p010(int64_t width, int64_t height, fluxel_frame_format* format) {
  return run(__func__, [&] { write_format(format, formats::p010(size_of(width, height))); });
}

fluxel_status fluxel_frame_format_yuv(int64_t width, int64_t height, int32_t chroma_shift_x, int32_t chroma_shift_y,
                                      int32_t bit_depth, fluxel_frame_format* format) {
  return run(__func__, [&] {
    write_format(format, formats::yuv(size_of(width, height), chroma_shift_x, chroma_shift_y, bit_depth));
  });
}

fluxel_status fluxel_frame_format_plane_size(const fluxel_frame_format* format, int32_t plane, int64_t* width,
                                             int64_t* height) {
  return run(__func__, [&] {
    const auto f = format_of("format", format);
    if (plane < 0 || plane >= f.plane_count || plane >= 4)
      host::reject(arguments, "plane",
                   "is " + std::to_string(plane) + ", but there are " + std::to_string(f.plane_count));
    const size s = f.plane_size(plane);
    required("width", width) = s.width;
    required("height", height) = s.height;
  });
}

fluxel_status fluxel_surface_view(const fluxel_frame_format* format, void* base, int64_t pitch,
                                  int64_t surface_height, fluxel_memory memory, fluxel_frame* frame) {
  return run(__func__, [&] {
    const auto v = surface_view(format_of("format", format), base, static_cast<std::ptrdiff_t>(pitch),
                                to_int("surface_height", surface_height), memory_of(memory));
    fluxel_frame out = {};
    out.format = format;
    for (std::size_t p = 0; p < 4; ++p) {
      out.data[p] = v.data[p];
      out.pitch[p] = v.pitch[p];
    }
    out.memory = static_cast<std::int32_t>(memory);
    write_struct("frame", frame, out);
  });
}

fluxel_status fluxel_resize_frame(const fluxel_frame* src, const fluxel_frame* dst,
                                  const fluxel_resize_options* options, const fluxel_placement* placement,
                                  void* stream) {
  return run(__func__, [&] {
    resize_frame(frame_of("src", src), frame_of("dst", dst), options_of(options), placement_of(placement),
                 stream_of(stream));
  });
}

fluxel_status fluxel_resizer_create_frames(const fluxel_frame_format* src, int64_t dst_width, int64_t dst_height,
                                           const fluxel_resize_options* options, const fluxel_placement* placement,
                                           fluxel_resizer** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      const size dst{to_int("dst_width", dst_width), to_int("dst_height", dst_height)};
      return new fluxel_resizer{resizer(format_of("src", src), dst, options_of(options), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_resizer_run_frame(const fluxel_resizer* object, const fluxel_frame* src, const fluxel_frame* dst,
                                       void* stream) {
  return run(__func__, [&] {
    required("object", object)
        .object.run(frame_view<const void>(frame_of("src", src)), frame_of("dst", dst), stream_of(stream));
  });
}

fluxel_status fluxel_upsample_frame(const fluxel_frame* src, const fluxel_frame* dst, int32_t factor,
                                    fluxel_edge edge, const fluxel_placement* placement, void* stream) {
  return run(__func__, [&] {
    upsample_frame(frame_of("src", src), frame_of("dst", dst), factor, static_cast<fluxel::edge>(edge),
                   placement_of(placement), stream_of(stream));
  });
}

fluxel_status fluxel_frame_upsampler_create(const fluxel_frame_format* src, int32_t factor, fluxel_edge edge,
                                            const fluxel_placement* placement, fluxel_frame_upsampler** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_frame_upsampler{
          frame_upsampler(format_of("src", src), factor, static_cast<fluxel::edge>(edge), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_frame_upsampler_run(const fluxel_frame_upsampler* object, const fluxel_frame* src,
                                         const fluxel_frame* dst, void* stream) {
  return run(__func__, [&] {
    required("object", object).object.run(frame_of("src", src), frame_of("dst", dst), stream_of(stream));
  });
}

fluxel_status fluxel_frame_upsampler_prepare(fluxel_frame_upsampler* object, fluxel_memory memory) {
  return prepare_object(__func__, object, memory);
}

fluxel_status fluxel_frame_upsampler_backend(const fluxel_frame_upsampler* object, fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}

fluxel_status fluxel_frame_upsampler_workspace_size(const fluxel_frame_upsampler* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_frame_upsampler_destroy(fluxel_frame_upsampler* object) { delete object; }

fluxel_status fluxel_fill_black(const fluxel_frame* frame) {
  return run(__func__, [&] { fill_black(frame_of("frame", frame)); });
}

}  // extern "C"
