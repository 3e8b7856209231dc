// SPDX-License-Identifier: Apache-2.0
// The C ABI of transposed convolution, upsampling and adjoints.

#include "fluxel/transposed_convolution.hpp"

#include <algorithm>

#include "fluxel/bilinear_adjoint.hpp"
#include "host/c_api/c_api.hpp"

struct fluxel_conv_transpose {
  fluxel::transposed_convolution object;
};
struct fluxel_bilinear_adjoint {
  fluxel::bilinear_adjoint object;
};

namespace {

using namespace fluxel;
using namespace fluxel::host::c_api;
using host::call_site;
using host::reject;

conv_transpose_options options_of(const call_site& site, const fluxel_conv_transpose_options* given) {
  const auto o = read_struct(site, "options", given);
  auto or_one = [](int v) { return v == 0 ? 1 : v; };
  return {.stride_x = or_one(o.stride_x),
          .stride_y = or_one(o.stride_y),
          .dilation_x = or_one(o.dilation_x),
          .dilation_y = or_one(o.dilation_y),
          .padding = static_cast<padding_rule>(o.padding),
          .left = o.left,
          .top = o.top,
          .right = o.right,
          .bottom = o.bottom,
          .output_padding_x = o.output_padding_x,
          .output_padding_y = o.output_padding_y,
          .groups = or_one(o.groups)};
}

size size_of(const call_site& site, const std::string& name, std::int64_t width, std::int64_t height) {
  return {to_int(site, name + "width", width), to_int(site, name + "height", height)};
}

template <class T>
struct typed_weights {
  conv_weights<T> weights;
  std::span<const T> bias;
};

template <class T>
typed_weights<T> weights_of(const call_site& site, const fluxel_conv_weights& w, int groups) {
  const conv_weights<T> weights{static_cast<const T*>(w.data), to_int(site, "weights.in", w.in),
                                to_int(site, "weights.out_per_group", w.out_per_group),
                                to_int(site, "weights.width", w.width), to_int(site, "weights.height", w.height)};
  // Wrong counts are rejected before the bias is read.
  const auto out = w.bias == nullptr ? 0 : std::max<std::int64_t>(0, w.out_per_group * groups);
  return {weights, {static_cast<const T*>(w.bias), static_cast<std::size_t>(out)}};
}

/// Calls f with a value of the floating type.
template <class F>
void with_float(const call_site& site, const char* name, std::int32_t dtype, F&& f) {
  switch (dtype) {
    case FLUXEL_F16:
      return f(f16{});
    case FLUXEL_BF16:
      return f(bf16{});
    case FLUXEL_F32:
      return f(f32{});
    default:
      reject(site, name, "is not one of f16, bf16 and f32");
  }
}

resize_geometry geometry_of(const call_site& site, const fluxel_resize_geometry* geometry) {
  required(site, "forward", geometry);
  const auto g = read_struct(site, "forward", geometry);
  return {size_of(site, "forward.src_", g.src_width, g.src_height),
          size_of(site, "forward.dst_", g.dst_width, g.dst_height), to_int(site, "forward.channels", g.channels),
          static_cast<element_type>(g.dtype)};
}

placement place(fluxel_run_on where, int threads) {
  return {.processor = static_cast<run_on>(static_cast<int>(where)), .threads = threads};
}

int threads_of(const call_site& site, const fluxel_conv_transpose_options* given) {
  return read_struct(site, "options", given).threads;
}

template <class T>
void run_float(const call_site& site, const T& object, const fluxel_image* src, const fluxel_image* dst,
               void* stream) {
  const auto& s = required(site, "src", src);
  const auto& d = required(site, "dst", dst);
  check_dtypes(site, s, d);
  with_float(site, "src.dtype", s.dtype, [&]<class E>(E) {
    object.object.run(image_view<const E>(view_of<E>(site, "src", s)), view_of<E>(site, "dst", d), stream_of(stream));
  });
}

}  // namespace

extern "C" {

fluxel_status fluxel_conv_transpose_size(int64_t src_width, int64_t src_height, int64_t kernel_width,
                                         int64_t kernel_height, const fluxel_conv_transpose_options* options,
                                         int64_t* dst_width, int64_t* dst_height) {
  return translate_bad_alloc([&] {
    const call_site site{"conv_transpose_size"};
    required(site, "dst_width", dst_width);
    required(site, "dst_height", dst_height);
    const size dst =
        conv_transpose_size(size_of(site, "src.", src_width, src_height),
                            size_of(site, "weights.", kernel_width, kernel_height), options_of(site, options));
    *dst_width = dst.width;
    *dst_height = dst.height;
  });
}

fluxel_status fluxel_conv_transpose2d(const fluxel_image* src, const fluxel_conv_weights* weights,
                                      const fluxel_image* dst, const fluxel_conv_transpose_options* options,
                                      void* stream) {
  return translate_bad_alloc([&] {
    const call_site site{"conv_transpose2d"};
    const auto o = options_of(site, options);
    const auto& s = required(site, "src", src);
    const auto& d = required(site, "dst", dst);
    const auto& w = required(site, "weights", weights);
    check_dtypes(site, s, d);
    with_float(site, "src.dtype", s.dtype, [&]<class T>(T) {
      const auto typed = weights_of<T>(site, w, o.groups);
      conv_transpose<T>(view_of<T>(site, "src", s), typed.weights, typed.bias, view_of<T>(site, "dst", d), o,
                        {.threads = threads_of(site, options)}, stream_of(stream));
    });
  });
}

fluxel_status fluxel_bilinear_kernel(int32_t factor, float* weights) {
  return translate_bad_alloc([&] {
    required({"bilinear_kernel"}, "weights", weights);
    const auto kernel = bilinear_kernel(factor);
    std::copy(kernel.begin(), kernel.end(), weights);
  });
}

fluxel_status fluxel_upsample_transpose_conv(const fluxel_image* src, const fluxel_image* dst, int32_t factor,
                                             fluxel_edge edge, const fluxel_upsample_options* options, void* stream) {
  return translate_bad_alloc([&] {
    const call_site site{"upsample_transpose_conv"};
    const int threads = read_struct(site, "options", options).threads;
    with_views(site, required(site, "src", src), required(site, "dst", dst), [&](auto s, auto d) {
      upsample_conv_transpose(s, d, factor, static_cast<fluxel::edge>(static_cast<int>(edge)), {.threads = threads},
                              stream_of(stream));
    });
  });
}

fluxel_status fluxel_conv_transpose_create(int64_t src_width, int64_t src_height, fluxel_dtype dtype,
                                           const fluxel_conv_weights* weights,
                                           const fluxel_conv_transpose_options* options, fluxel_run_on where,
                                           fluxel_conv_transpose** out_handle) {
  if (out_handle != nullptr) *out_handle = nullptr;
  return translate_bad_alloc([&] {
    const call_site site{"conv_transpose_create"};
    required(site, "made", out_handle);
    const auto& w = required(site, "weights", weights);
    const auto o = options_of(site, options);
    const size src = size_of(site, "src_", src_width, src_height);
    with_float(site, "dtype", dtype, [&]<class T>(T) {
      const auto typed = weights_of<T>(site, w, o.groups);
      *out_handle = new fluxel_conv_transpose{
          transposed_convolution(src, typed.weights, typed.bias, o, place(where, threads_of(site, options)))};
    });
  });
}

fluxel_status fluxel_conv_transpose_run(const fluxel_conv_transpose* object, const fluxel_image* src,
                                        const fluxel_image* dst, void* stream) {
  return translate_bad_alloc([&] {
    const call_site site{"conv_transpose_run"};
    run_float(site, required(site, "object", object), src, dst, stream);
  });
}

fluxel_status fluxel_conv_transpose_recognised_bilinear(const fluxel_conv_transpose* object, int32_t* recognised) {
  return translate_bad_alloc([&] {
    const call_site site{"conv_transpose_recognised_bilinear"};
    required(site, "recognised", recognised);
    *recognised = required(site, "object", object).object.recognised_bilinear();
  });
}

void fluxel_conv_transpose_destroy(fluxel_conv_transpose* object) { delete object; }

fluxel_status fluxel_bilinear_adjoint_create(const fluxel_resize_geometry* forward,
                                             const fluxel_bilinear_options* options, fluxel_run_on where,
                                             fluxel_bilinear_adjoint** out_handle) {
  if (out_handle != nullptr) *out_handle = nullptr;
  return translate_bad_alloc([&] {
    const call_site site{"bilinear_adjoint_create"};
    required(site, "made", out_handle);
    const auto o = read_struct(site, "options", options);
    const bilinear_options b{.coordinates = static_cast<coordinates>(o.coordinates)};
    *out_handle =
        new fluxel_bilinear_adjoint{bilinear_adjoint(geometry_of(site, forward), b, place(where, o.threads))};
  });
}

fluxel_status fluxel_bilinear_adjoint_of_upsample(const fluxel_resize_geometry* forward, fluxel_edge edge,
                                                  const fluxel_upsample_options* options, fluxel_run_on where,
                                                  fluxel_bilinear_adjoint** out_handle) {
  if (out_handle != nullptr) *out_handle = nullptr;
  return translate_bad_alloc([&] {
    const call_site site{"bilinear_adjoint_of_upsample"};
    required(site, "made", out_handle);
    const int threads = read_struct(site, "options", options).threads;
    const auto rule = static_cast<fluxel::edge>(static_cast<int>(edge));
    *out_handle = new fluxel_bilinear_adjoint{
        bilinear_adjoint::of_upsampling(geometry_of(site, forward), rule, place(where, threads))};
  });
}

fluxel_status fluxel_bilinear_adjoint_run(const fluxel_bilinear_adjoint* object, const fluxel_image* src,
                                          const fluxel_image* dst, void* stream) {
  return translate_bad_alloc([&] {
    const call_site site{"bilinear_adjoint_run"};
    run_float(site, required(site, "object", object), src, dst, stream);
  });
}

void fluxel_bilinear_adjoint_destroy(fluxel_bilinear_adjoint* object) { delete object; }

}  // extern "C"
