// SPDX-License-Identifier: Apache-2.0
// Transposed convolutions, and upsampling by the bilinear one.

#include "fluxel/transposed_convolution.hpp"
#include "fluxel/upsample_conv_transpose.hpp"
#include "host/parity/vectors/case.hpp"

namespace fluxel::vectors::conv_transpose_vectors {

namespace {

constexpr int cases_per_type = 12;

struct conv_case {
  size src;
  size kernel;
  int in = 1;
  int out_per_group = 1;
  bool planes = false;
  bool bias = false;
  conv_transpose_options options;
  std::uint64_t seed = 0;
};

/// Drawn again until something is left of the result.
conv_case draw_conv(parity::random r) {
  for (;;) {
    conv_case c;
    const int w = r.between(1, 7), h = r.between(1, 6), kw = r.between(1, 5), kh = r.between(1, 4);
    c.src = {w, h};
    c.kernel = {kw, kh};
    auto& o = c.options;
    o.groups = r.between(1, 3);
    c.in = o.groups * r.between(1, 2);
    c.out_per_group = r.between(1, 3);
    c.planes = r.one_in(2);
    c.bias = r.one_in(2);
    o.stride_x = r.between(1, 4);
    o.stride_y = r.between(1, 3);
    o.dilation_x = r.between(1, 2);
    o.dilation_y = r.between(1, 3);
    o.left = r.between(0, 2);
    o.top = r.between(0, 2);
    o.right = r.between(0, 2);
    o.bottom = r.between(0, 2);
    o.output_padding_x = r.below(o.stride_x);
    o.output_padding_y = r.below(o.stride_y);
    c.seed = r.next() >> 32;
    const auto full = [](int src, int stride, int dilation, int kernel) {
      return (src - 1) * stride + dilation * (kernel - 1) + 1;
    };
    if (full(w, o.stride_x, o.dilation_x, kw) > o.left + o.right &&
        full(h, o.stride_y, o.dilation_y, kh) > o.top + o.bottom)
      return c;
  }
}

template <class T>
void print_conv(const conv_case& c, run_on device) {
  const auto& o = c.options;
  const int out = c.out_per_group * o.groups;
  const size to = conv_transpose_size(c.src, c.kernel, o);
  const auto shaped = [&](size s, int channels) {
    return c.planes ? image<T>(s.width, s.height, 1, channels) : image<T>(s.width, s.height, channels);
  };
  auto src = shaped(c.src, c.in);
  auto dst = shaped(to, out);
  const auto pixels = make_elements(element_traits<T>::type, src.size(), c.seed);
  std::copy(pixels.begin(), pixels.end(), reinterpret_cast<unsigned char*>(src.data()));
  const auto weights = make_image<T>({c.kernel.width, c.kernel.height}, 1, c.in * c.out_per_group, c.seed + 1);
  const auto bias = make_image<T>({out, 1}, 1, 1, c.seed + 2);
  const transposed_convolution object(
      c.src, conv_weights<T>{weights.data(), c.in, c.out_per_group, c.kernel.width, c.kernel.height},
      std::span<const T>(bias.data(), c.bias ? std::size_t(out) : 0), o, {device});
  object.run(src.view(), dst.view());
  line l("conv_transpose", "conv_transpose", element_traits<T>::type);
  l.sizes(c.src, to).numbers("channels", {c.in, out}).number("groups", std::uint64_t(o.groups));
  l.text("layout", c.planes ? "planes" : "interleaved").extent("kernel", c.kernel);
  l.numbers("stride", {o.stride_x, o.stride_y}).numbers("dilation", {o.dilation_x, o.dilation_y});
  l.numbers("cut", {o.left, o.top, o.right, o.bottom});
  l.numbers("output_padding", {o.output_padding_x, o.output_padding_y});
  l.truth("bias", c.bias).number("seed", c.seed).print(hash_of(dst));
}

template <class T>
void print_upsampled(parity::random r) {
  const int w = r.between(1, 7), h = r.between(1, 6), channels = r.between(1, 4), factor = r.between(1, 7);
  const auto beyond = r.pick({edge::zero, edge::zero, edge::replicate});
  const std::uint64_t seed = r.next() >> 32;
  const auto src = make_image<T>({w, h}, channels, 1, seed);
  image<T> dst(w * factor, h * factor, channels);
  upsample_conv_transpose<T>(src.view(), dst.view(), factor, beyond);
  line l("upsample_conv_transpose", "upsample_conv_transpose", element_traits<T>::type);
  l.extent("src", {w, h}).number("channels", std::uint64_t(channels)).number("factor", std::uint64_t(factor));
  l.text("edge", beyond == edge::zero ? "zero" : "replicate").number("seed", seed).print(hash_of(dst));
}

// Numbers are drawn by the operations' former names, so that the published cases stay.
void print_conv_transpose(const computer& by) {
  for (auto type : {element_type::f32, element_type::f16, element_type::bf16})
    for (int i = 0; i < cases_per_type; ++i) {
      const auto c = draw_conv(numbers_of("conv_transpose2d", "", type, i));
      with_float(type, [&]<class T>(T) { print_conv<T>(c, by.device); });
    }
}

void print_upsampling(const computer&) {
  for (auto type : {element_type::u8, element_type::u16, element_type::f16, element_type::bf16, element_type::f32})
    for (int i = 0; i < 8; ++i)
      with_element(type, [&]<class T>(T) { print_upsampled<T>(numbers_of("upsample_transpose_conv", "", type, i)); });
}

const operation conv_transpose_entry{"conv_transpose", print_conv_transpose};
const operation upsampling_entry{"upsample_conv_transpose", print_upsampling};

}  // namespace

}  // namespace fluxel::vectors::conv_transpose_vectors
