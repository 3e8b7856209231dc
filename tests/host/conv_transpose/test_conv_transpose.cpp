// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>

#include "fluxel/conv_transpose.hpp"
#include "fluxel/image.hpp"
#include "tests/support/conv_oracle.hpp"
#include "tests/support/numbers.hpp"
#include "tests/support/rejection.hpp"

namespace fluxel::test {
namespace {

enum class layout { nchw, nhwc };

template <class T>
image<T> tensor(int width, int height, int channels, layout l) {
  return l == layout::nchw ? image<T>(width, height, 1, channels) : image<T>(width, height, channels);
}

template <class T>
T& element(image<T>& im, const dense& shape, layout l, int c, int y, int x) {
  const std::size_t i = l == layout::nchw ? (std::size_t(c) * shape.height + y) * shape.width + x
                                          : (std::size_t(y) * shape.width + x) * shape.channels + c;
  return im.data()[i];
}

template <class T>
image<T> encode(const dense& d, layout l) {
  auto im = tensor<T>(d.width, d.height, d.channels, l);
  for (int c = 0; c < d.channels; ++c)
    for (int y = 0; y < d.height; ++y)
      for (int x = 0; x < d.width; ++x) element(im, d, l, c, y, x) = from_double<T>(d(c, y, x));
  return im;
}

template <class T>
dense decode(image<T>& im, int channels, layout l) {
  dense d(channels, im.height(), im.width());
  for (int c = 0; c < d.channels; ++c)
    for (int y = 0; y < d.height; ++y)
      for (int x = 0; x < d.width; ++x) d(c, y, x) = to_double(element(im, d, l, c, y, x));
  return d;
}

template <class T>
std::vector<T> encode(const std::vector<double>& v) {
  std::vector<T> r;
  for (double x : v) r.push_back(from_double<T>(x));
  return r;
}

conv_transpose_options options_of(const conv_problem& p) {
  return {.stride_x = p.stride_x,
          .stride_y = p.stride_y,
          .dilation_x = p.dilation_x,
          .dilation_y = p.dilation_y,
          .left = p.left,
          .top = p.top,
          .groups = p.groups};
}

template <class T>
dense run(const dense& src, const conv_problem& p, const conv_transpose_options& options, layout l) {
  auto in = encode<T>(src, l);
  auto out = tensor<T>(p.dst_w, p.dst_h, p.out, l);
  const auto weights = encode<T>(p.weights);
  const auto bias = encode<T>(p.bias);
  conv_transpose<T>(in.view(), {weights.data(), p.in, p.out / p.groups, p.kernel_w, p.kernel_h}, bias, out.view(),
                    options);
  return decode(out, p.out, l);
}

class draw {
 public:
  explicit draw(unsigned seed) : engine_(seed) {}
  int in(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }
  /// A multiple of 1/16 in [-2, 2]: exact in every float type; a quarter of them are 0.
  double value() { return in(0, 3) == 0 ? 0.0 : in(-32, 32) / 16.0; }
  std::vector<double> values(std::size_t n) {
    std::vector<double> v(n);
    for (double& x : v) x = value();
    return v;
  }
  dense tensor(int c, int h, int w) {
    dense d(c, h, w);
    d.values = values(d.values.size());
    return d;
  }

 private:
  std::mt19937 engine_;
};

struct random_case {
  dense src{1, 1, 1};
  conv_problem problem;
  conv_transpose_options options;
};

/// A random problem with a result of at least one pixel.
random_case make_case(unsigned seed) {
  draw d(seed);
  random_case r;
  auto& p = r.problem;
  p.groups = d.in(1, 3);
  p.in = p.groups * d.in(1, 3);
  p.out = p.groups * d.in(1, 3);
  p.kernel_w = d.in(1, 7);
  p.kernel_h = d.in(1, 7);
  p.stride_x = d.in(1, 5);
  p.stride_y = d.in(1, 5);
  p.dilation_x = d.in(1, 3);
  p.dilation_y = d.in(1, 3);
  r.src = d.tensor(p.in, d.in(1, 3) == 1 ? 1 : d.in(1, 9), d.in(1, 3) == 1 ? 1 : d.in(1, 20));
  const int full_w = (r.src.width - 1) * p.stride_x + p.dilation_x * (p.kernel_w - 1) + 1;
  const int full_h = (r.src.height - 1) * p.stride_y + p.dilation_y * (p.kernel_h - 1) + 1;
  p.left = d.in(0, (full_w - 1) / 2);
  p.top = d.in(0, (full_h - 1) / 2);
  r.options = options_of(p);
  r.options.right = d.in(0, (full_w - 1) / 2);
  r.options.bottom = d.in(0, (full_h - 1) / 2);
  r.options.output_padding_x = d.in(0, p.stride_x - 1);
  r.options.output_padding_y = d.in(0, p.stride_y - 1);
  p.dst_w = full_w - p.left - r.options.right + r.options.output_padding_x;
  p.dst_h = full_h - p.top - r.options.bottom + r.options.output_padding_y;
  p.weights = d.values(std::size_t(p.in) * (p.out / p.groups) * p.kernel_w * p.kernel_h);
  if (d.in(0, 1)) p.bias = d.values(p.out);
  return r;
}

template <class T>
class ConvTranspose : public testing::Test {};
using float_types = testing::Types<f32, f16, bf16>;
TYPED_TEST_SUITE(ConvTranspose, float_types);

TYPED_TEST(ConvTranspose, EqualsTheScatterOfItsDefinition) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    const auto c = make_case(seed);
    const auto want = scatter(c.src, c.problem);
    for (layout l : {layout::nchw, layout::nhwc}) {
      const auto got = run<TypeParam>(c.src, c.problem, c.options, l);
      for (std::size_t i = 0; i < got.values.size(); ++i) {
        const double rounding = want.terms.values[i] * want.magnitude.values[i] * 0x1p-24;
        ASSERT_NEAR(got.values[i], want.sum.values[i], rounding + half_ulp<TypeParam>(want.sum.values[i]))
            << "seed " << seed << " element " << i;
      }
    }
  }
}

TEST(ConvTranspose, IsTheTransposeOfTheConvolutionsMatrix) {
  for (unsigned seed = 1000; seed < 1040; ++seed) {
    auto c = make_case(seed);
    c.problem.bias.clear();
    const auto matrix = convolution_matrix(c.problem, c.src.width, c.src.height);
    std::vector<double> want(std::size_t(c.problem.out) * c.problem.dst_h * c.problem.dst_w);
    for (std::size_t row = 0; row < matrix.size(); ++row)
      for (std::size_t col = 0; col < want.size(); ++col) want[col] += matrix[row][col] * c.src.values[row];
    // Multiples of 1/256 that stay below 2^16: every sum is exact, in any order.
    EXPECT_EQ(run<f32>(c.src, c.problem, c.options, layout::nchw).values, want) << "seed " << seed;
  }
}

TEST(ConvTranspose, SizeFollowsTheFormula) {
  EXPECT_EQ(conv_transpose_size({4, 5}, {3, 2}), (size{6, 6}));
  EXPECT_EQ(conv_transpose_size(
                {4, 5}, {3, 2},
                {.stride_x = 2, .stride_y = 3, .dilation_x = 2, .left = 1, .right = 2, .output_padding_y = 2}),
            (size{8, 16}));
  EXPECT_EQ(conv_transpose_size({4, 5}, {3, 2}, {.stride_x = 2, .stride_y = 3, .padding = padding_rule::same}),
            (size{8, 15}));
  EXPECT_EQ(conv_transpose_size({4, 5}, {3, 2}, {.stride_x = 2, .stride_y = 3, .padding = padding_rule::valid}),
            (size{9, 14}));
}

/// tf.nn.conv2d_transpose is the gradient of tf.nn.conv2d, whose SAME pads total = (src - 1) * stride + kernel - dst,
/// the smaller half first.
TEST(ConvTranspose, SameAndValidArePlacedAsTensorFlowDoes) {
  for (int kernel = 1; kernel <= 6; ++kernel)
    for (int stride = 1; stride <= 4; ++stride)
      for (int cut = 0; cut < stride; ++cut) {
        const dense src = draw(kernel * 10 + stride).tensor(1, 3, 4);
        conv_problem p{.kernel_w = kernel,
                       .kernel_h = kernel,
                       .stride_x = stride,
                       .stride_y = stride,
                       .dst_w = 4 * stride - cut,
                       .dst_h = 3 * stride - cut,
                       .weights = draw(kernel).values(kernel * kernel)};
        p.left = std::max(3 * stride + kernel - p.dst_w, 0) / 2;
        p.top = std::max(2 * stride + kernel - p.dst_h, 0) / 2;
        conv_transpose_options o{.stride_x = stride, .stride_y = stride, .padding = padding_rule::same};
        EXPECT_EQ(run<f32>(src, p, o, layout::nchw).values, scatter(src, p).sum.values);
        o.padding = padding_rule::valid;
        p.left = p.top = 0;
        p.dst_w = 3 * stride + kernel + cut;
        p.dst_h = 2 * stride + kernel + cut;
        EXPECT_EQ(run<f32>(src, p, o, layout::nchw).values, scatter(src, p).sum.values);
      }
}

TEST(ConvTranspose, SkipsTapsWithoutAPixelAndKeepsWeightsOfZero) {
  const float inf = std::numeric_limits<float>::infinity();
  image<f32> src(2, 1), dst(4, 1);
  src(0, 0) = inf;
  src(1, 0) = 1;
  const float weights[] = {0, 2};
  conv_transpose<f32>(src.view(), {weights, 1, 1, 2, 1}, {}, dst.view(), {.stride_x = 2});
  EXPECT_TRUE(std::isnan(dst(0, 0)));
  EXPECT_EQ(dst(1, 0), inf);
  EXPECT_EQ(dst(2, 0), 0);  // not touched by the infinity beside it
  EXPECT_EQ(dst(3, 0), 2);
}

TEST(ConvTranspose, RunsOnBatchesPitchesAndFlippedViews) {
  draw d(5);
  const dense first = d.tensor(2, 4, 5), second = d.tensor(2, 4, 5);
  conv_problem p{.in = 2,
                 .out = 3,
                 .kernel_w = 3,
                 .kernel_h = 3,
                 .stride_x = 2,
                 .stride_y = 2,
                 .left = 1,
                 .top = 1,
                 .dst_w = 9,
                 .dst_h = 7,
                 .weights = d.values(2 * 3 * 9)};
  const std::vector<f32> weights = encode<f32>(p.weights);
  const int pitch = 8, lines = 2 * 2 * 4;
  std::vector<f32> buffer(pitch * lines, 99), out(12 * 2 * 3 * 7, 77);
  image_view<f32> in{.data = buffer.data(), .width = 5, .height = 4, .pitch = pitch * 4, .planes = 2, .count = 2};
  in = in.flipped();
  for (int n = 0; n < 2; ++n)
    for (int c = 0; c < 2; ++c)
      for (int y = 0; y < 4; ++y)
        for (int x = 0; x < 5; ++x)
          buffer[((n * 2 + c) * 4 + (3 - y)) * pitch + x] = float((n ? second : first)(c, y, x));
  image_view<f32> to{.data = out.data(), .width = 9, .height = 7, .pitch = 48, .planes = 3, .count = 2};
  conv_transpose<f32>(in, {weights.data(), 2, 3, 3, 3}, {}, to,
                      {.stride_x = 2, .stride_y = 2, .left = 1, .top = 1, .right = 1, .bottom = 1});
  for (int n = 0; n < 2; ++n) {
    const auto want = scatter(n ? second : first, p).sum;
    for (int c = 0; c < 3; ++c)
      for (int y = 0; y < 7; ++y)
        for (int x = 0; x < 12; ++x) ASSERT_EQ(out[((n * 3 + c) * 7 + y) * 12 + x], x < 9 ? want(c, y, x) : 77);
  }
}

TEST(ConvTranspose, RejectsBadOptionsByName) {
  auto with = [](conv_transpose_options o) { return [o] { conv_transpose_size({4, 4}, {3, 3}, o); }; };
  test::expect_rejected(with({.left = -1}), "options.left");
  test::expect_rejected(with({.bottom = -3}), "options.bottom");
  test::expect_rejected(with({.stride_y = 0}), "options.stride_y");
  test::expect_rejected(with({.dilation_x = 0}), "options.dilation_x");
  test::expect_rejected(with({.output_padding_x = 1}), "options.output_padding_x");
  test::expect_rejected(with({.stride_y = 2, .output_padding_y = 2}), "options.output_padding_y");
  test::expect_rejected(with({.output_padding_y = -1}), "options.output_padding_y");
  test::expect_rejected(with({.padding = padding_rule::same, .left = 1}), "options.left");
  test::expect_rejected(with({.padding = padding_rule(7)}), "options.padding");
  test::expect_rejected(with({.left = 4, .right = 2}), "options.left");
  test::expect_rejected([] { conv_transpose_size({4, 0}, {3, 3}); }, "src.height");
  test::expect_rejected([] { conv_transpose_size({4, 4}, {0, 3}); }, "weights.width");
  test::expect_rejected([] { conv_transpose_size({1 << 20, 4}, {3, 3}, {.stride_x = 1 << 12}); }, "src.width");
  test::expect_rejected(
      [] {
        conv_transpose_size({4, 4}, {3, 2147483647}, {.dilation_y = 2147483647});
      },
      "src.height");
}

TEST(ConvTranspose, RejectsTensorsThatDoNotFitByName) {
  std::vector<f32> weights(2 * 3 * 4), bias(3);
  auto call = [&](int in, int out, image<f32> src, image<f32> dst, int groups = 1, std::size_t biases = 0) {
    conv_transpose<f32>(src.view(), {weights.data(), in, out, 2, 2}, std::span<const f32>(bias.data(), biases),
                        dst.view(), {.groups = groups});
  };
  using im = image<f32>;
  test::expect_rejected([&] { call(2, 3, im(4, 4, 1, 3), im(5, 5, 1, 3)); }, "src");
  test::expect_rejected([&] { call(2, 3, im(4, 4, 1, 2), im(5, 5, 1, 2)); }, "dst");
  test::expect_rejected([&] { call(2, 3, im(4, 4, 1, 2), im(5, 5, 3)); }, "dst");
  test::expect_rejected([&] { call(2, 3, im(4, 4, 1, 2), im(6, 5, 1, 3)); }, "dst.width");
  test::expect_rejected([&] { call(2, 3, im(4, 4, 1, 2), im(5, 4, 1, 3)); }, "dst.height");
  test::expect_rejected([&] { call(2, 3, im(4, 4, 1, 2), im(5, 5, 1, 3), 3); }, "options.groups");
  test::expect_rejected([&] { call(2, 3, im(4, 4, 1, 2), im(5, 5, 1, 3), 0); }, "options.groups");
  test::expect_rejected([&] { call(2, 3, im(4, 4, 1, 2), im(5, 5, 1, 3), 1, 2); }, "bias");
  test::expect_rejected([&] { call(2, 0, im(4, 4, 1, 2), im(5, 5, 1, 3)); }, "weights.out_per_group");
  test::expect_rejected([&] { call(2, 3, im(4, 4, 1, 2, 2), im(5, 5, 1, 3, 1)); }, "dst.count");
  im one(5, 5);
  test::expect_rejected(
      [&] {
        conv_transpose<f32>(one.view(), {nullptr, 1, 1, 1, 1}, {}, one.view());
      },
      "weights.data");
  test::expect_rejected(
      [&] {
        conv_transpose<f32>(one.view(), {weights.data(), 1, 1, 1, 1}, {}, one.view());
      },
      "dst");
}

}  // namespace
}  // namespace fluxel::test
