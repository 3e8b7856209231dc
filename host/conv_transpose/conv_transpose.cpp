// SPDX-License-Identifier: Apache-2.0
#include "fluxel/conv_transpose.hpp"

#include <limits>
#include <string>

#include "host/conv_transpose/conv_transpose.hpp"
#include "host/core/device.hpp"
#include "host/core/float_environment.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr std::int64_t largest_side = std::numeric_limits<std::int32_t>::max();

void at_least(const call_site& site, const char* argument, int value, int least) {
  if (value < least)
    reject(site, argument, "is " + std::to_string(value) + "; must be " + std::to_string(least) + " or more");
}

struct axis_names {
  const char *stride, *dilation, *low, *high, *output_padding, *src, *kernel;
};
constexpr axis_names x_names{"options.stride_x",         "options.dilation_x", "options.left", "options.right",
                             "options.output_padding_x", "src.width",          "weights.width"};
constexpr axis_names y_names{"options.stride_y",         "options.dilation_y", "options.top",   "options.bottom",
                             "options.output_padding_y", "src.height",         "weights.height"};

void check_axis(const call_site& site, const plan::conv_transpose_axis& a, const axis_names& name) {
  at_least(site, name.src, a.src_size, 1);
  at_least(site, name.kernel, a.kernel, 1);
  at_least(site, name.stride, a.stride, 1);
  at_least(site, name.dilation, a.dilation, 1);
  at_least(site, name.low, a.low, 0);
  at_least(site, name.high, a.high, 0);
  at_least(site, name.output_padding, a.output_padding, 0);
  if (a.output_padding >= a.stride)
    reject(site, name.output_padding,
           "is " + std::to_string(a.output_padding) + "; must be less than the stride, " + std::to_string(a.stride));
  if (a.padding != padding_rule::explicit_sides) {
    if (a.output_padding != 0) reject(site, name.output_padding, "must be 0 with same and valid padding");
    if (a.low != 0) reject(site, name.low, "must be 0 with same and valid padding");
    if (a.high != 0) reject(site, name.high, "must be 0 with same and valid padding");
  }
  if (a.full_size() > largest_side || a.dst_size() > largest_side)
    reject(site, name.src,
           "gives an output of " + std::to_string(a.full_size()) + " pixels; at most 2^31 - 1 are possible");
  if (a.dst_size() < 1)
    reject(site, name.low, "and the opposite side cut off the whole output of " + std::to_string(a.full_size()));
}

struct axes {
  plan::conv_transpose_axis x, y;
};

axes check_axes(const call_site& site, size src, size kernel, const conv_transpose_options& options) {
  if (options.padding < padding_rule::explicit_sides || options.padding > padding_rule::valid)
    reject(site, "options.padding", "is not one of explicit_sides, same and valid");
  const axes a{plan::make_conv_axis(src, kernel, options, true), plan::make_conv_axis(src, kernel, options, false)};
  check_axis(site, a.x, x_names);
  check_axis(site, a.y, y_names);
  return a;
}

void check_dst_size(const call_site& site, const plan::conv_transpose_axis& a, int size, const char* argument) {
  if (!a.allows(size))
    reject(site, argument, "is " + std::to_string(size) + "; these options give " + std::to_string(a.dst_size()));
}

void check_layout(const call_site& site, const char* argument, const kernels::image& im) {
  if (im.channels > 1 && im.planes > 1)
    reject(site, argument,
           "has several channels and several planes; it must be NHWC (planes 1) or NCHW (channels 1)");
}

void check_tensors(const call_site& site, const kernels::image_pair& pair, const any_view& src, const any_view& dst) {
  check_layout(site, "src", pair.src);
  check_layout(site, "dst", pair.dst);
  if ((pair.src.channels > 1 && pair.dst.planes > 1) || (pair.src.planes > 1 && pair.dst.channels > 1))
    reject(site, "dst", "has another layout than src");
  if (pair.src.count != pair.dst.count)
    reject(site, "dst.count",
           "is " + std::to_string(pair.dst.count) + ", but src has " + std::to_string(pair.src.count));
  if (backend_for(src.memory) != backend_for(dst.memory))
    reject(site, "dst.memory", "is of another kind than src.memory: both must be host memory or both device memory");
  if (pair.dst.count != 0 && overlap(pair.src, pair.dst, dst.element_bytes)) reject(site, "dst", "overlaps src");
}

}  // namespace

void check_weights(const call_site& site, const any_weights& w, int groups) {
  if (w.data == nullptr) reject(site, "weights.data", "is null");
  at_least(site, "weights.in", w.in, 1);
  at_least(site, "weights.out_per_group", w.out_per_group, 1);
  at_least(site, "weights.width", w.kernel.width, 1);
  at_least(site, "weights.height", w.kernel.height, 1);
  at_least(site, "options.groups", groups, 1);
  if (w.in % groups != 0)
    reject(
        site, "options.groups",
        "is " + std::to_string(groups) + ", which does not divide the " + std::to_string(w.in) + " input channels");
  if (std::int64_t{w.out_per_group} * groups > largest_side)
    reject(site, "weights.out_per_group", "gives more than 2^31 - 1 output channels");
  std::int64_t elements = std::int64_t{w.in} * w.out_per_group;
  for (std::int64_t side : {w.kernel.width, w.kernel.height}) {
    if (elements > std::numeric_limits<std::int64_t>::max() / 8 / side)
      reject(site, "weights", "is beyond the address space");
    elements *= side;
  }
  if (w.bias_size != 0 && w.bias_size != std::size_t(w.out_per_group) * groups)
    reject(site, "bias",
           "has " + std::to_string(w.bias_size) + " values for " + std::to_string(w.out_per_group * groups) +
               " output channels");
}

size checked_output_size(const call_site& site, size src, size kernel, const conv_transpose_options& options) {
  const auto [x, y] = check_axes(site, src, kernel, options);
  return {static_cast<int>(x.dst_size()), static_cast<int>(y.dst_size())};
}

kernels::conv_transpose_call checked_call(const call_site& site, const any_view& src, const any_weights& w,
                                          const any_view& dst, const conv_transpose_options& options) {
  const kernels::image_pair pair{check_view(site, "src", src), check_view(site, "dst", dst)};
  check_weights(site, w, options.groups);
  check_threads(site, options.threads);
  const auto [x, y] = check_axes(site, {pair.src.width, pair.src.height}, w.kernel, options);
  check_dst_size(site, x, pair.dst.width, "dst.width");
  check_dst_size(site, y, pair.dst.height, "dst.height");
  const int src_channels = pair.src.channels * pair.src.planes;
  const int dst_channels = pair.dst.channels * pair.dst.planes;
  if (src_channels != w.in)
    reject(site, "src",
           "has " + std::to_string(src_channels) + " channels, but weights.in is " + std::to_string(w.in));
  if (dst_channels != w.out_per_group * options.groups)
    reject(site, "dst",
           "has " + std::to_string(dst_channels) + " channels, but weights and groups give " +
               std::to_string(w.out_per_group * options.groups));
  check_tensors(site, pair, src, dst);
  return {pair.src,
          pair.dst,
          w.data,
          w.bias_size != 0 ? w.bias : nullptr,
          w.type,
          x.place(pair.dst.width),
          y.place(pair.dst.height),
          options.groups};
}

namespace {

void convolve(const any_view& src, const any_weights& w, const any_view& dst, const conv_transpose_options& options,
              stream_ref stream) {
  const char* function = "conv_transpose2d";
  const auto call = checked_call({function}, src, w, dst, options);
  check_stream({function}, dst.memory, stream);
  const auto& table = table_for(backend_for(dst.memory), function);
  if (call.dst.count == 0) return;
  check(translate_bad_alloc(function,
                            [&] {
                              return table.conv_transpose.general(call, {stream.get(), options.threads});
                            }),
        function);
}

void check_factor(const call_site& site, int factor) {
  if (factor < 1 || factor > plan::most_upsampling)
    reject(site, "factor",
           "is " + std::to_string(factor) + "; must be in [1, " + std::to_string(plan::most_upsampling) + "]");
}

void upsample(const any_view& src, const any_view& dst, element_type type, int factor, edge edge,
              const upsample_options& options, stream_ref stream) {
  const char* function = "upsample_transpose_conv";
  const call_site site{function};
  const auto pair = check_pair(site, src, dst);
  check_factor(site, factor);
  if (edge != edge::zero && edge != edge::replicate) reject(site, "edge", "is not one of zero and replicate");
  auto times = [&](int side, int result, const char* argument) {
    if (std::int64_t{side} * factor != result)
      reject(site, argument,
             "is " + std::to_string(result) + ", not " + std::to_string(factor) + " times the " +
                 std::to_string(side) + " of src");
  };
  times(pair.src.width, pair.dst.width, "dst.width");
  times(pair.src.height, pair.dst.height, "dst.height");
  check_stream(site, dst.memory, stream);
  check_threads(site, options.threads);
  const auto& table = table_for(backend_for(dst.memory), function);
  if (pair.dst.count == 0) return;
  const kernels::launch_options launch{stream.get(), options.threads};
  check(translate_bad_alloc(function,
                            [&] {
                              return edge == edge::zero
                                         ? table.conv_transpose.upsample_zero(pair, type, factor, launch)
                                         : table.resize.linear({&pair, 1}, type, coordinates::half_pixel, launch);
                            }),
        function);
}

}  // namespace
}  // namespace host

inline namespace v0 {

size conv_transpose_size(size src, size kernel, const conv_transpose_options& options) {
  return host::checked_output_size({"conv_transpose_size"}, src, kernel, options);
}

std::vector<float> bilinear_kernel(int factor) {
  host::check_factor({"bilinear_kernel"}, factor);
  const host::default_float_environment environment;
  return host::translate_bad_alloc("bilinear_kernel", [&] { return plan::bilinear_kernel(factor); });
}

template <class T>
void conv_transpose2d(std::type_identity_t<image_view<const T>> src,
                      const std::type_identity_t<conv_weights<T>>& weights,
                      std::type_identity_t<std::span<const T>> bias, image_view<T> dst,
                      const conv_transpose_options& options, stream_ref stream) {
  host::convolve(host::erase(src), host::erase(weights, bias), host::erase(dst), options, stream);
}

template <class T>
void upsample_transpose_conv(std::type_identity_t<image_view<const T>> src, image_view<T> dst, int factor,
                             fluxel::edge edge, const upsample_options& options, stream_ref stream) {
  host::upsample(host::erase(src), host::erase(dst), element_traits<T>::type, factor, edge, options, stream);
}

template <class T>
using source = std::type_identity_t<image_view<const T>>;

template void conv_transpose2d<f32>(source<f32>, const conv_weights<f32>&, std::span<const f32>, image_view<f32>,
                                    const conv_transpose_options&, stream_ref);
template void conv_transpose2d<f16>(source<f16>, const conv_weights<f16>&, std::span<const f16>, image_view<f16>,
                                    const conv_transpose_options&, stream_ref);
template void conv_transpose2d<bf16>(source<bf16>, const conv_weights<bf16>&, std::span<const bf16>, image_view<bf16>,
                                     const conv_transpose_options&, stream_ref);

template void upsample_transpose_conv<u8>(source<u8>, image_view<u8>, int, edge, const upsample_options&, stream_ref);
template void upsample_transpose_conv<u16>(source<u16>, image_view<u16>, int, edge, const upsample_options&,
                                           stream_ref);
template void upsample_transpose_conv<f16>(source<f16>, image_view<f16>, int, edge, const upsample_options&,
                                           stream_ref);
template void upsample_transpose_conv<bf16>(source<bf16>, image_view<bf16>, int, edge, const upsample_options&,
                                            stream_ref);
template void upsample_transpose_conv<f32>(source<f32>, image_view<f32>, int, edge, const upsample_options&,
                                           stream_ref);

}  // namespace v0
}  // namespace fluxel
