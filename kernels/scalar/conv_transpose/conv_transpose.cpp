// SPDX-License-Identifier: Apache-2.0
// The definition of transposed convolution on this library, one output after the other.

#include "kernels/common/conv_transpose/conv_transpose.hpp"

#include "kernels/contract/pixel_type.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

template <class T>
T& pixel_at(const tensor& t, int n, int c, int y, int x) {
  return *reinterpret_cast<T*>(t.data + n * t.image + c * t.channel + y * t.row + x * t.pixel);
}

template <class T>
struct convolution {
  const conv_transpose_call& call;
  tensor src = as_tensor(call.src, sizeof(T));
  tensor dst = as_tensor(call.dst, sizeof(T));
  int in_per_group = src.channels / call.groups;
  int out_per_group = dst.channels / call.groups;

  float weight(int in, int out, int ky, int kx) const {
    const std::ptrdiff_t row = (std::ptrdiff_t{in} * out_per_group + out) * call.y.kernel + ky;
    return to_float(static_cast<const T*>(call.weights)[row * call.x.kernel + kx]);
  }

  /// One input channel's part of output (o, y, x).
  float add_channel(float sum, int n, int i, int o, int y, int x) const {
    for (int ky = 0; ky < call.y.kernel; ++ky) {
      const int sy = conv_source(call.y, y, ky, src.height);
      if (sy < 0) continue;
      for (int kx = 0; kx < call.x.kernel; ++kx) {
        const int sx = conv_source(call.x, x, kx, src.width);
        if (sx >= 0)
          sum = fused(weight(i, o % out_per_group, ky, kx), to_float(pixel_at<const T>(src, n, i, sy, sx)), sum);
      }
    }
    return sum;
  }

  T output(int n, int o, int y, int x) const {
    const int first = o / out_per_group * in_per_group;
    float sum = call.bias ? to_float(static_cast<const T*>(call.bias)[o]) : 0.0f;
    for (int i = first; i < first + in_per_group; ++i) sum = add_channel(sum, n, i, o, y, x);
    return from_float<T>(sum);
  }

  status run() const {
    for (int n = 0; n < dst.count; ++n)
      for (int y = 0; y < dst.height; ++y)
        for (int x = 0; x < dst.width; ++x)
          for (int o = 0; o < dst.channels; ++o) pixel_at<T>(dst, n, o, y, x) = output(n, o, y, x);
    return status::ok;
  }
};

status general(const conv_transpose_call& call, const launch_options&) {
  return visit_pixel_type(every_float_type, call.type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return convolution<T>{call}.run(); });
}

template <class T>
status upsample(const image_pair& pair, int factor) {
  const auto& [src, dst] = pair;
  const upsampling by(factor);
  for (int n = 0; n < dst.count; ++n)
    for (int p = 0; p < dst.planes; ++p) {
      const auto* in = static_cast<const std::byte*>(src.data) + n * src.stride + p * src.plane_stride;
      auto* out = static_cast<std::byte*>(dst.data) + n * dst.stride + p * dst.plane_stride;
      const zero_edged_plane plane{in, src.pitch, src.width, src.height, src.channels};
      for (int y = 0; y < dst.height; ++y)
        for (int x = 0; x < dst.width; ++x)
          for (int c = 0; c < dst.channels; ++c)
            reinterpret_cast<T*>(out + y * dst.pitch)[std::ptrdiff_t{x} * dst.channels + c] =
                upsample_pixel<T>(plane, by, y, x, c);
    }
  return status::ok;
}

status upsample_zero(const image_pair& pair, element_type type, int factor, const launch_options&) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return upsample<T>(pair, factor); });
}

}  // namespace

const conv_transpose_functions scalar_conv_transpose_functions{general, upsample_zero};

}  // namespace fluxel::kernels
