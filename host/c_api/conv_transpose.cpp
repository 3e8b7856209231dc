// SPDX-License-Identifier: Apache-2.0
#include "fluxel/conv_transpose.hpp"

#include <algorithm>
#include <span>

#include "fluxel/bilinear_adjoint.hpp"
#include "fluxel/transposed_convolution.hpp"
#include "fluxel/upsample_conv_transpose.hpp"
#include "host/c_api/resize.hpp"

struct fluxel_transposed_convolution {
  fluxel::transposed_convolution object;
};
struct fluxel_bilinear_adjoint {
  fluxel::bilinear_adjoint object;
};

using namespace fluxel;
using namespace fluxel::host::c_api;

namespace {

conv_transpose_options options_of(const fluxel_conv_transpose_options* given) {
  const auto o = read_struct("options", given, fluxel_conv_transpose_options_default());
  return {.stride_x = o.stride_x,
          .stride_y = o.stride_y,
          .dilation_x = o.dilation_x,
          .dilation_y = o.dilation_y,
          .padding = static_cast<padding_rule>(o.padding),
          .left = o.left,
          .top = o.top,
          .right = o.right,
          .bottom = o.bottom,
          .output_padding_x = o.output_padding_x,
          .output_padding_y = o.output_padding_y,
          .groups = o.groups};
}

/// Weights, and a bias of as many values as their groups have output channels; more than fit is the call's to reject.
template <class T>
struct weights_and_bias {
  conv_weights<T> weights;
  std::span<const T> bias;
};

template <class T>
weights_and_bias<T> weights_of(const fluxel_conv_weights* given, int groups) {
  const auto& w = required("weights", given);
  const conv_weights<T> weights{static_cast<const T*>(w.data), to_int("weights.in", w.in),
                                to_int("weights.out_per_group", w.out_per_group), to_int("weights.width", w.width),
                                to_int("weights.height", w.height)};
  if (w.bias == nullptr) return {weights, {}};
  const std::int64_t channels = std::int64_t{weights.out_per_group} * groups;
  if (channels < 1 || channels > INT_MAX)
    host::reject(arguments, "weights.out_per_group", "and options.groups do not give a number of output channels");
  return {weights, {static_cast<const T*>(w.bias), static_cast<std::size_t>(channels)}};
}

/// Calls f(T{}) for the floating dtypes.
template <class F>
void visit_float(const char* name, std::int32_t dtype, F&& f) {
  if (dtype == FLUXEL_DTYPE_F32) return f(f32{});
  if (dtype == FLUXEL_DTYPE_F16) return f(f16{});
  if (dtype == FLUXEL_DTYPE_BF16) return f(bf16{});
  host::reject(arguments, name, "is not one of f32, f16 and bf16");
}

template <class F>
void with_float_views(const fluxel_image* src, const fluxel_image* dst, F&& f) {
  check_same_dtype(src, dst);
  visit_float("src.dtype", src->dtype,
              [&]<class T>(T) { f(typed_view<const T>("src", src), typed_view<T>("dst", dst)); });
}

}  // namespace

extern "C" {

fluxel_status fluxel_conv_transpose_size(int64_t src_width, int64_t src_height, int64_t kernel_width,
                                         int64_t kernel_height, const fluxel_conv_transpose_options* options,
                                         int64_t* dst_width, int64_t* dst_height) {
  return run(__func__, [&] {
    const size s = conv_transpose_size({to_int("src_width", src_width), to_int("src_height", src_height)},
                                       {to_int("kernel_width", kernel_width), to_int("kernel_height", kernel_height)},
                                       options_of(options));
    required("dst_width", dst_width);
    required("dst_height", dst_height) = s.height;
    *dst_width = s.width;
  });
}

fluxel_status fluxel_conv_transpose(const fluxel_image* src, const fluxel_conv_weights* weights,
                                    const fluxel_image* dst, const fluxel_conv_transpose_options* options,
                                    const fluxel_placement* placement, void* stream) {
  return run(__func__, [&] {
    const auto o = options_of(options);
    const auto where = placement_of(placement);
    with_float_views(src, dst, [&]<class T>(image_view<const T> s, image_view<T> d) {
      const auto w = weights_of<T>(weights, o.groups);
      conv_transpose(s, w.weights, w.bias, d, o, where, stream_of(stream));
    });
  });
}

fluxel_status fluxel_bilinear_kernel(int32_t factor, float* weights) {
  return run(__func__, [&] {
    const auto k = bilinear_kernel(factor);
    std::copy(k.begin(), k.end(), &required("weights", weights));
  });
}

fluxel_status fluxel_upsample_conv_transpose(const fluxel_image* src, const fluxel_image* dst, int32_t factor,
                                             fluxel_edge edge, const fluxel_placement* placement, void* stream) {
  return run(__func__, [&] {
    const auto where = placement_of(placement);
    with_views(src, dst, [&](auto s, auto d) {
      upsample_conv_transpose(s, d, factor, static_cast<fluxel::edge>(edge), where, stream_of(stream));
    });
  });
}

fluxel_status fluxel_transposed_convolution_create(int64_t src_width, int64_t src_height, fluxel_dtype dtype,
                                                   const fluxel_conv_weights* weights,
                                                   const fluxel_conv_transpose_options* options,
                                                   const fluxel_placement* placement,
                                                   fluxel_transposed_convolution** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      const auto o = options_of(options);
      const auto where = placement_of(placement);
      const size src{to_int("src_width", src_width), to_int("src_height", src_height)};
      fluxel_transposed_convolution* made = nullptr;
      visit_float("dtype", dtype, [&]<class T>(T) {
        const auto w = weights_of<T>(weights, o.groups);
        made = new fluxel_transposed_convolution{transposed_convolution(src, w.weights, w.bias, o, where)};
      });
      return made;
    });
  });
}

fluxel_status fluxel_transposed_convolution_run(const fluxel_transposed_convolution* object, const fluxel_image* src,
                                                const fluxel_image* dst, void* stream) {
  return run(__func__, [&] {
    const auto& c = required("object", object);
    with_float_views(src, dst, [&](auto s, auto d) { c.object.run(s, d, stream_of(stream)); });
  });
}

fluxel_status fluxel_transposed_convolution_prepare(fluxel_transposed_convolution* object, fluxel_memory memory) {
  return prepare_object(__func__, object, memory);
}

fluxel_status fluxel_transposed_convolution_recognised_bilinear(const fluxel_transposed_convolution* object,
                                                                int32_t* recognised) {
  return run(__func__, [&] {
    required("recognised", recognised) = required("object", object).object.recognised_bilinear() ? 1 : 0;
  });
}

fluxel_status fluxel_transposed_convolution_output_size(const fluxel_transposed_convolution* object, int64_t* width,
                                                        int64_t* height) {
  return run(__func__, [&] {
    const size s = required("object", object).object.output_size();
    required("width", width) = s.width;
    required("height", height) = s.height;
  });
}

fluxel_status fluxel_transposed_convolution_backend(const fluxel_transposed_convolution* object,
                                                    fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}

fluxel_status fluxel_transposed_convolution_workspace_size(const fluxel_transposed_convolution* object,
                                                           size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_transposed_convolution_destroy(fluxel_transposed_convolution* object) { delete object; }

fluxel_status fluxel_resize_bilinear_adjoint(const fluxel_image* src, const fluxel_image* dst,
                                             const fluxel_bilinear_options* options,
                                             const fluxel_placement* placement, void* stream) {
  return run(__func__, [&] {
    const auto o = options_of(options);
    const auto where = placement_of(placement);
    with_float_views(src, dst, [&](auto s, auto d) { resize_bilinear_adjoint(s, d, o, where, stream_of(stream)); });
  });
}

fluxel_status fluxel_bilinear_adjoint_create(const fluxel_resize_geometry* forward,
                                             const fluxel_bilinear_options* options,
                                             const fluxel_placement* placement,
                                             fluxel_bilinear_adjoint** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_bilinear_adjoint{
          bilinear_adjoint(geometry_of("forward", forward), options_of(options), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_bilinear_adjoint_create_upsample(const fluxel_resize_geometry* forward, fluxel_edge edge,
                                                      const fluxel_placement* placement,
                                                      fluxel_bilinear_adjoint** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_bilinear_adjoint{bilinear_adjoint::of_upsampling(
          geometry_of("forward", forward), static_cast<fluxel::edge>(edge), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_bilinear_adjoint_run(const fluxel_bilinear_adjoint* object, const fluxel_image* src,
                                          const fluxel_image* dst, void* stream) {
  return run(__func__, [&] {
    const auto& a = required("object", object).object;
    with_float_views(src, dst, [&](auto s, auto d) { a.run(s, d, stream_of(stream)); });
  });
}

fluxel_status fluxel_bilinear_adjoint_prepare(fluxel_bilinear_adjoint* object, fluxel_memory memory) {
  return prepare_object(__func__, object, memory);
}

fluxel_status fluxel_bilinear_adjoint_backend(const fluxel_bilinear_adjoint* object, fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}

fluxel_status fluxel_bilinear_adjoint_workspace_size(const fluxel_bilinear_adjoint* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_bilinear_adjoint_destroy(fluxel_bilinear_adjoint* object) { delete object; }

}  // extern "C"
