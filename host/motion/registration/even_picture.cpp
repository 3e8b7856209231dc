// SPDX-License-Identifier: Apache-2.0
#include "host/motion/registration/even_picture.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/motion/registration/frame_samples.hpp"

namespace fluxel::host {

namespace {

int factor_to(size whole, int longest) {
  const int side = std::max(whole.width, whole.height);
  return std::clamp((side + longest - 1) / longest, 1, std::max(1, std::min(whole.width, whole.height)));
}

/// Green weighs as much as red and blue together, which are not told apart: BGR is as good as RGB.
template <class T, class Sum>
Sum grey(const T* sample, int channels) {
  if (channels < 3) return Sum(4) * sample[0];
  return Sum(sample[0]) + Sum(2) * sample[1] + sample[2];
}

/// Brightness without an upper end is brought into [0, 1) before it is averaged: half of it is `middle`. What is not
/// finite is black.
f32 compressed(f32 value, double middle) {
  return value > 0 && value <= std::numeric_limits<f32>::max() ? static_cast<f32>(value / (value + middle)) : 0.0f;
}

double mean_brightness(const frame_view<const void>& frame) {
  const int samples = row_samples(frame.format, 0);
  double sum = 0;
  for (int y = 0; y < frame.format.height; ++y) {
    const auto* row = sample_row<f32>(frame, 0, y);
    for (int i = 0; i < samples; ++i)
      if (row[i] > 0 && row[i] <= std::numeric_limits<f32>::max()) sum = sum + row[i];
  }
  return std::max(sum / samples / frame.format.height, 1e-30);
}

/// Adds the greys of a row to the sums of its blocks.
template <class T>
void add_row(const T* row, int channels, int by, std::vector<double>& sums, double middle) {
  for (std::size_t x = 0; x < sums.size(); ++x) {
    if constexpr (std::is_same_v<T, f32>) {
      double sum = 0;
      for (int i = 0; i < by; ++i, row += channels) {
        f32 color[3] = {};
        for (int c = 0; c < std::min(channels, 3); ++c) color[c] = compressed(row[c], middle);
        sum = sum + grey<f32, double>(color, channels);
      }
      sums[x] = sums[x] + sum;
    } else {
      std::uint64_t sum = 0;
      for (int i = 0; i < by; ++i, row += channels) sum += grey<T, std::uint32_t>(row, channels);
      sums[x] = sums[x] + static_cast<double>(sum);
    }
  }
}

/// Sums over all pixels above and to the left that count: how many, of values, and of their squares.
class area_sums {
 public:
  area_sums(const grey_picture& p, const std::vector<u8>& counts)
      : stride_(p.extent.width + 1), sums_(std::size_t(stride_) * (p.extent.height + 1)) {
    std::size_t i = 0;
    for (int y = 0; y < p.extent.height; ++y) {
      entry row;
      const std::size_t above = std::size_t(y) * stride_, here = above + stride_;
      for (int x = 1; x <= p.extent.width; ++x, ++i) {
        const double v = p.pixels[i];
        if (counts.empty() || counts[i] != 0) row = {row.pixels + 1, row.sum + v, row.square + v * v};
        const entry& up = sums_[above + x];
        sums_[here + x] = {up.pixels + row.pixels, up.sum + row.sum, up.square + row.square};
      }
    }
  }

  struct moments {
    double mean, deviation;
  };
  moments within(int left, int top, int right, int bottom) const {
    const std::size_t t = std::size_t(top) * stride_, b = std::size_t(bottom) * stride_;
    const auto over = [&](double entry::*part) {
      return (sums_[b + right].*part - sums_[b + left].*part) - (sums_[t + right].*part - sums_[t + left].*part);
    };
    const double n = std::max(1.0, over(&entry::pixels)), mean = over(&entry::sum) / n;
    return {mean, std::sqrt(std::max(0.0, over(&entry::square) / n - mean * mean))};
  }

 private:
  struct entry {
    double pixels = 0, sum = 0, square = 0;
  };
  int stride_;
  std::vector<entry> sums_;
};

constexpr double even_mean = 128, even_deviation = 40;  ///< grey levels on [0, 255]

}  // namespace

grey_picture grey_of(const frame_view<const void>& frame, int longest) {
  const frame_format& f = frame.format;
  const int by = factor_to({f.width, f.height}, longest);
  grey_picture picture{{f.width / by, f.height / by}, by, {}};
  picture.pixels.resize(std::size_t(picture.extent.width) * picture.extent.height);
  const double middle = f.floating ? mean_brightness(frame) : 1;
  visit_samples(f, [&]<class T>(T) {
    std::vector<double> sums(picture.extent.width);
    for (int y = 0; y < picture.extent.height; ++y) {
      std::fill(sums.begin(), sums.end(), 0.0);
      for (int i = 0; i < by; ++i)
        add_row(sample_row<T>(frame, 0, std::ptrdiff_t(y) * by + i), f.planes[0].channels, by, sums, middle);
      f32* to = picture.pixels.data() + std::size_t(y) * picture.extent.width;
      for (std::size_t x = 0; x < sums.size(); ++x) to[x] = static_cast<f32>(sums[x]);
    }
  });
  return picture;
}

local_contrast contrast_of(const grey_picture& picture, const std::vector<u8>& counts) {
  constexpr double least = 0.2;  // of the whole picture's contrast: what has less is noise, and is not raised to all
  const area_sums sums(picture, counts);
  const auto [w, h] = picture.extent;
  const double floor = least * sums.within(0, 0, w, h).deviation + 1e-9;
  const int reach = std::max(4, (w + h) / 40);
  local_contrast c;
  c.mean.reserve(picture.pixels.size());
  c.gain.reserve(picture.pixels.size());
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      const auto [mean, around] = sums.within(std::max(0, x - reach), std::max(0, y - reach),
                                              std::min(w, x + reach + 1), std::min(h, y + reach + 1));
      c.mean.push_back(static_cast<f32>(mean));
      c.gain.push_back(static_cast<f32>(even_deviation / (around + floor)));
    }
  return c;
}

void even_out(std::vector<f32>& pixels, const local_contrast& contrast) {
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const double v = even_mean + (double(pixels[i]) - contrast.mean[i]) * contrast.gain[i];
    pixels[i] = static_cast<f32>(std::clamp(v, 0.0, 255.0));
  }
}

void soften(grey_picture& picture) {
  const auto [w, h] = picture.extent;
  const auto three = [](f32 a, f32 b, f32 c) { return 0.25f * (a + c) + 0.5f * b; };
  std::vector<f32> row(w), above(w), kept(w);
  f32* pixels = picture.pixels.data();
  for (int y = 0; y < h; ++y) {
    f32* here = pixels + std::size_t(y) * w;
    for (int x = 0; x < w; ++x) row[x] = three(here[std::max(0, x - 1)], here[x], here[std::min(w - 1, x + 1)]);
    std::copy(row.begin(), row.end(), here);
  }
  std::copy(pixels, pixels + w, above.begin());
  for (int y = 0; y < h; ++y) {
    f32* here = pixels + std::size_t(y) * w;
    const f32* below = y + 1 < h ? here + w : here;
    std::copy(here, here + w, kept.begin());
    for (int x = 0; x < w; ++x) row[x] = three(above[x], here[x], below == here ? kept[x] : below[x]);
    std::copy(row.begin(), row.end(), here);
    above.swap(kept);
  }
}

grey_picture reduced(const grey_picture& picture, int longest) {
  const int by = factor_to(picture.extent, longest);
  grey_picture small{{picture.extent.width / by, picture.extent.height / by}, picture.reduced_by * by, {}};
  small.pixels.reserve(std::size_t(small.extent.width) * small.extent.height);
  for (int y = 0; y < small.extent.height; ++y)
    for (int x = 0; x < small.extent.width; ++x) {
      double sum = 0;
      for (int j = 0; j < by; ++j)
        for (int i = 0; i < by; ++i)
          sum = sum + picture.pixels[(std::size_t(y) * by + j) * picture.extent.width + x * by + i];
      small.pixels.push_back(static_cast<f32>(sum / (double(by) * by)));
    }
  return small;
}

}  // namespace fluxel::host
