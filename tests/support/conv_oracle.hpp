// SPDX-License-Identifier: Apache-2.0
#pragma once

// Transposed convolution from its definition: every source pixel adds its weighted kernel to the output. In double,
// sharing nothing with the library.

#include <cmath>
#include <cstddef>
#include <vector>

namespace fluxel::test {

/// A tensor of doubles, (channels, height, width).
struct dense {
  int channels = 0, height = 0, width = 0;
  std::vector<double> values{};

  dense(int c, int h, int w) : channels(c), height(h), width(w), values(std::size_t(c) * h * w) {}
  double& operator()(int c, int y, int x) { return values[(std::size_t(c) * height + y) * width + x]; }
  double operator()(int c, int y, int x) const { return values[(std::size_t(c) * height + y) * width + x]; }
};

struct conv_problem {
  int in = 1, out = 1, groups = 1;
  int kernel_w = 1, kernel_h = 1;
  int stride_x = 1, stride_y = 1;
  int dilation_x = 1, dilation_y = 1;
  int left = 0, top = 0;
  int dst_w = 1, dst_h = 1;
  std::vector<double> weights{};  ///< (in, out / groups, kernel_h, kernel_w)
  std::vector<double> bias{};     ///< out values, or empty

  double weight(int i, int o, int ky, int kx) const {
    return weights[((std::size_t(i) * (out / groups) + o) * kernel_h + ky) * kernel_w + kx];
  }
};

struct scattered {
  dense sum;
  dense magnitude;  ///< the sum of the absolute values of what was added: bounds the rounding
  dense terms;
};

inline scattered scatter(const dense& src, const conv_problem& p) {
  scattered r{{p.out, p.dst_h, p.dst_w}, {p.out, p.dst_h, p.dst_w}, {p.out, p.dst_h, p.dst_w}};
  auto add = [&](int o, int y, int x, double v) {
    if (y < 0 || y >= p.dst_h || x < 0 || x >= p.dst_w) return;
    r.sum(o, y, x) += v;
    r.magnitude(o, y, x) += std::fabs(v);
    r.terms(o, y, x) += 1;
  };
  if (!p.bias.empty())
    for (int o = 0; o < p.out; ++o)
      for (int y = 0; y < p.dst_h; ++y)
        for (int x = 0; x < p.dst_w; ++x) add(o, y, x, p.bias[o]);
  const int in_per_group = p.in / p.groups;
  const int out_per_group = p.out / p.groups;
  for (int i = 0; i < p.in; ++i)
    for (int sy = 0; sy < src.height; ++sy)
      for (int sx = 0; sx < src.width; ++sx)
        for (int o = 0; o < out_per_group; ++o)
          for (int ky = 0; ky < p.kernel_h; ++ky)
            for (int kx = 0; kx < p.kernel_w; ++kx)
              add(i / in_per_group * out_per_group + o, sy * p.stride_y - p.top + ky * p.dilation_y,
                  sx * p.stride_x - p.left + kx * p.dilation_x, src(i, sy, sx) * p.weight(i, o, ky, kx));
  return r;
}

/// The matrix of the *forward* convolution that reads a (out, dst_h, dst_w) tensor and writes (in, src_h, src_w).
/// Its transpose is the transposed convolution.
inline std::vector<std::vector<double>> convolution_matrix(const conv_problem& p, int src_w, int src_h) {
  std::vector<std::vector<double>> m(std::size_t(p.in) * src_h * src_w,
                                     std::vector<double>(std::size_t(p.out) * p.dst_h * p.dst_w));
  const int in_per_group = p.in / p.groups;
  const int out_per_group = p.out / p.groups;
  for (int i = 0; i < p.in; ++i)
    for (int sy = 0; sy < src_h; ++sy)
      for (int sx = 0; sx < src_w; ++sx)
        for (int o = 0; o < out_per_group; ++o)
          for (int ky = 0; ky < p.kernel_h; ++ky)
            for (int kx = 0; kx < p.kernel_w; ++kx) {
              const int y = sy * p.stride_y + ky * p.dilation_y - p.top;
              const int x = sx * p.stride_x + kx * p.dilation_x - p.left;
              if (y < 0 || y >= p.dst_h || x < 0 || x >= p.dst_w) continue;
              const int channel = i / in_per_group * out_per_group + o;
              m[(std::size_t(i) * src_h + sy) * src_w + sx][(std::size_t(channel) * p.dst_h + y) * p.dst_w + x] +=
                  p.weight(i, o, ky, kx);
            }
  return m;
}

}  // namespace fluxel::test
