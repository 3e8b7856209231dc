// SPDX-License-Identifier: Apache-2.0
#include "fluxel/conv_transpose.hpp"
#include "fluxel/upsample_conv_transpose.hpp"

#include <limits>
#include <string>

#include "host/conv_transpose/conv_transpose.hpp"
#include "host/core/call.hpp"

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
  require(is_one_of(options.padding, padding_rule::valid), site, "options.padding",
          "is not one of explicit_sides, same and valid");
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
  require(im.channels == 1 || im.planes == 1, site, argument,
          "has several channels and several planes; it must be NHWC (planes 1) or NCHW (channels 1)");
}

void check_tensors(const call_site& site, const kernels::image_pair& pair) {
  check_layout(site, "src", pair.src);
  check_layout(site, "dst", pair.dst);
  if ((pair.src.channels > 1 && pair.dst.planes > 1) || (pair.src.planes > 1 && pair.dst.channels > 1))
    reject(site, "dst", "has another layout than src");
  if (pair.src.count != pair.dst.count)
    reject(site, "dst.count",
           "is " + std::to_string(pair.dst.count) + ", but src has " + std::to_string(pair.src.count));
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

kernels::conv_transpose_call checked_call(const call_site& site, const kernels::image_pair& pair,
                                          const any_weights& w, const conv_transpose_options& options) {
  check_weights(site, w, options.groups);
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
  check_tensors(site, pair);
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

/// Weights or a bias as one packed row, so that a result that overlaps them is found.
any_view packed_row(const void* data, int width, int channels, element_type type, memory_kind memory) {
  return {{.data = const_cast<void*>(data), .width = width, .height = 1, .channels = channels},
          element_size(type),
          memory,
          type};
}

void convolve(const any_view& src, const any_weights& w, const any_view& dst, const conv_transpose_options& options,
              const placement& where, stream_ref stream) {
  const auto resolved = resolved_placement::of_call(where, "conv_transpose");
  staging_room room(resolved);
  call c(resolved, stream);
  check_weights(c.site(), w, options.groups);
  const operand& from = c.read("src", src);
  const std::int64_t kernel_rows = std::int64_t{w.in} * w.out_per_group * w.kernel.height;
  require(kernel_rows <= largest_side, c.site(), "weights", "has more than 2^31 - 1 rows");
  const operand& weights =
      c.read("weights", packed_row(w.data, w.kernel.width, static_cast<int>(kernel_rows), w.type, src.memory));
  const operand& bias = c.read_if_given(
      "bias", packed_row(w.bias_size != 0 ? w.bias : nullptr, static_cast<int>(w.bias_size), 1, w.type, src.memory));
  const operand& to = c.write("dst", dst);
  auto job = checked_call(c.site(), {from.caller, to.caller}, w, options);
  c.run(room, [&](const run_context& context) {
    job.src = from.here;
    job.dst = to.here;
    job.weights = weights.here.data;
    job.bias = bias.here.data;
    return context.table().conv_transpose.general(job, context.launch);
  });
}

void check_factor(const call_site& site, int factor) {
  if (factor < 1 || factor > plan::most_upsampling)
    reject(site, "factor",
           "is " + std::to_string(factor) + "; must be in [1, " + std::to_string(plan::most_upsampling) + "]");
}

void upsample(const any_view& src, const any_view& dst, int factor, edge edge, const placement& where,
              stream_ref stream) {
  const auto resolved = resolved_placement::of_call(where, "upsample_conv_transpose");
  staging_room room(resolved);
  call c(resolved, stream);
  const operand& from = c.read("src", src);
  const operand& to = c.write("dst", dst);
  check_alike(c.site(), from.caller, to.caller);
  check_factor(c.site(), factor);
  require(is_one_of(edge, edge::replicate), c.site(), "edge", "is not one of zero and replicate");
  auto times = [&](int side, int result, const char* argument) {
    if (std::int64_t{side} * factor != result)
      reject(c.site(), argument,
             "is " + std::to_string(result) + ", not " + std::to_string(factor) + " times the " +
                 std::to_string(side) + " of src");
  };
  times(from.caller.width, to.caller.width, "dst.width");
  times(from.caller.height, to.caller.height, "dst.height");
  c.run(room, [&](const run_context& context) {
    const kernels::image_pair pair{from.here, to.here};
    return edge == edge::zero
               ? context.table().conv_transpose.upsample_zero(pair, dst.type, factor, context.launch)
               : context.table().resize.linear({&pair, 1}, dst.type, coordinates::half_pixel, context.launch);
  });
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

void detail::conv_transpose(const untyped_view& src, const untyped_weights& weights, const untyped_view& dst,
                            const conv_transpose_options& options, const placement& where, stream_ref stream) {
  host::convolve(host::erase(src), weights, host::erase(dst), options, where, stream);
}

void detail::upsample_conv_transpose(const untyped_view& src, const untyped_view& dst, int factor, fluxel::edge edge,
                                     const placement& where, stream_ref stream) {
  host::upsample(host::erase(src), host::erase(dst), factor, edge, where, stream);
}

}  // namespace v0
}  // namespace fluxel
