// SPDX-License-Identifier: Apache-2.0
#include "host/plan/conv_transpose.hpp"

#include <algorithm>
#include <cstdlib>

#include "kernels/common/runtime/convert.hpp"

namespace fluxel::plan {

using kernels::conv_axis;

std::int64_t conv_transpose_axis::full_size() const {
  const std::int64_t reach = std::int64_t{dilation} * (kernel - 1) + 1;
  return (std::int64_t{src_size} - 1) * stride + reach + output_padding;
}

std::int64_t conv_transpose_axis::dst_size() const {
  switch (padding) {
    case padding_rule::same:
      return std::int64_t{src_size} * stride;
    case padding_rule::valid:
      return full_size();
    case padding_rule::explicit_sides:
      break;
  }
  return full_size() - low - high;
}

bool conv_transpose_axis::allows(int size) const {
  const std::int64_t usual = dst_size();
  switch (padding) {
    case padding_rule::same:
      return size <= usual && size > usual - stride;
    case padding_rule::valid:
      return size >= usual && size < usual + stride;
    case padding_rule::explicit_sides:
      break;
  }
  return size == usual;
}

conv_axis conv_transpose_axis::place(int size) const {
  conv_axis a{kernel, stride, dilation, 0};
  if (padding == padding_rule::explicit_sides) a.pad = low;
  if (padding == padding_rule::same) a.pad = static_cast<int>(std::max<std::int64_t>(full_size() - size, 0) / 2);
  return a;
}

conv_transpose_axis make_conv_axis(size src, size kernel, const conv_transpose_options& o, bool horizontal) {
  if (horizontal)
    return {src.width, kernel.width, o.stride_x, o.dilation_x, o.padding, o.left, o.right, o.output_padding_x};
  return {src.height, kernel.height, o.stride_y, o.dilation_y, o.padding, o.top, o.bottom, o.output_padding_y};
}

std::vector<float> bilinear_kernel(int factor) {
  const int k = 2 * factor - factor % 2;
  const int twice_centre = factor % 2 != 0 ? 2 * factor - 2 : 2 * factor - 1;
  auto along = [&](int i) { return static_cast<double>(2 * factor - std::abs(2 * i - twice_centre)); };
  const double unit = 4.0 * factor * factor;
  std::vector<float> weights(std::size_t(k) * k);
  for (int y = 0; y < k; ++y)
    for (int x = 0; x < k; ++x) weights[std::size_t(y) * k + x] = static_cast<float>(along(y) * along(x) / unit);
  return weights;
}

namespace {

template <class T>
bool every_channel_is(const std::vector<float>& kernel, const depthwise_kernel& k) {
  const T* w = static_cast<const T*>(k.weights);
  for (int c = 0; c < k.channels; ++c)
    for (float expected : kernel)
      if (!(*w++ == kernels::from_float<T>(expected))) return false;
  return true;
}

bool placed_as_same(const conv_axis& a, int factor, int src_size, int dst_size) {
  return a.kernel == 2 * factor - factor % 2 && a.stride == factor && a.dilation == 1 && a.pad == factor / 2 &&
         dst_size == std::int64_t{src_size} * factor;
}

}  // namespace

std::optional<int> recognise_bilinear(const depthwise_kernel& k) {
  const int factor = k.x.stride;
  if (factor > most_upsampling || !placed_as_same(k.x, factor, k.src.width, k.dst.width) ||
      !placed_as_same(k.y, factor, k.src.height, k.dst.height))
    return std::nullopt;
  const auto kernel = bilinear_kernel(factor);
  const bool same = k.type == element_type::f32   ? every_channel_is<f32>(kernel, k)
                    : k.type == element_type::f16 ? every_channel_is<f16>(kernel, k)
                                                  : every_channel_is<bf16>(kernel, k);
  return same ? std::optional(factor) : std::nullopt;
}

}  // namespace fluxel::plan
