// SPDX-License-Identifier: Apache-2.0
#include "host/motion/registration/stacked_planes.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "host/motion/registration/frame_samples.hpp"

namespace fluxel::host {

namespace {

/// The samples of a plane, and where their bits lie.
struct plane_layout {
  plane_layout(const frame_format& f, int p)
      : plane(p),
        width(row_samples(f, p)),
        height(f.plane_size(p).height),
        channels(f.planes[p].channels),
        shift(f.high_bits ? 16 - f.bit_depth : 0) {}

  std::size_t samples() const { return std::size_t(width) * height; }

  template <class T>
  T value(T stored) const {
    if constexpr (std::is_same_v<T, u16>) return static_cast<u16>(stored >> shift);
    return stored;
  }
  template <class T>
  T stored(T value) const {
    if constexpr (std::is_same_v<T, u16>) return static_cast<u16>(value << shift);
    return value;
  }

  int plane;
  int width;  ///< in samples
  int height;
  int channels;
  int shift;  ///< of the significant bits
};

template <class T>
bool is_number(T v) {
  return v == v;
}

template <class T>
class mean_plane : public stacked_plane {
  using sum = std::conditional_t<std::is_same_v<T, f32>, double, std::uint32_t>;  // 65535 * 65535 fits

 public:
  explicit mean_plane(const plane_layout& layout)
      : layout_(layout), sums_(layout.samples()), counts_(layout.samples()) {}

  void add(const frame_view<const void>& frame, std::vector<u8> counts) override {
    const std::vector<u8> every_pixel(counts.empty() ? layout_.width / layout_.channels : 0, 1);
    for (int y = 0; y < layout_.height; ++y) {
      const T* row = sample_row<T>(frame, layout_.plane, y);
      const u8* counted =
          counts.empty() ? every_pixel.data() : counts.data() + std::size_t(y) * layout_.width / layout_.channels;
      const std::size_t first = std::size_t(y) * layout_.width;
      for (int c = 0; c < layout_.channels; ++c)
        for (int i = c, x = 0; i < layout_.width; i += layout_.channels, ++x)
          add_sample(first + i, layout_.value(row[i]), counted[x]);
    }
  }

  void write(const frame_view<void>& out) const override {
    for (int y = 0; y < layout_.height; ++y) {
      T* row = sample_row<T>(out, layout_.plane, y);
      for (int x = 0; x < layout_.width; ++x) {
        const std::size_t i = std::size_t(y) * layout_.width + x;
        if (counts_[i] > 0) row[x] = layout_.stored(mean(sums_[i], counts_[i]));
      }
    }
  }

  std::size_t bytes() const override { return sums_.size() * (sizeof(sum) + sizeof(std::uint16_t)); }

 private:
  void add_sample(std::size_t i, T value, u8 counted) {
    if constexpr (std::is_same_v<T, f32>) {
      if (!counted || !is_number(value)) return;
      sums_[i] = sums_[i] + value;
      ++counts_[i];
    } else {
      sums_[i] += std::uint32_t(value) * counted;
      counts_[i] = static_cast<std::uint16_t>(counts_[i] + counted);
    }
  }

  static T mean(sum total, std::uint32_t n) {
    if constexpr (std::is_same_v<T, f32>)
      return static_cast<f32>(total / n);
    else
      return static_cast<T>((total + n / 2) / n);  // half up
  }

  plane_layout layout_;
  std::vector<sum> sums_;
  std::vector<std::uint16_t> counts_;
};

template <class T>
class median_plane : public stacked_plane {
 public:
  explicit median_plane(const plane_layout& layout) : layout_(layout) {}

  void add(const frame_view<const void>& frame, std::vector<u8> counts) override {
    layer l{std::vector<T>(layout_.samples()), std::move(counts)};
    for (int y = 0; y < layout_.height; ++y) {
      const T* row = sample_row<T>(frame, layout_.plane, y);
      std::copy(row, row + layout_.width, l.samples.begin() + std::size_t(y) * layout_.width);
    }
    layers_.push_back(std::move(l));
  }

  void write(const frame_view<void>& out) const override {
    column_sorter sorted(layers_.size());
    for (int y = 0; y < layout_.height; ++y)
      for (int x = 0; x < layout_.width; x += block) {
        const int n = std::min(block, layout_.width - x);
        read(sorted, std::size_t(y) * layout_.width + x, n);
        sorted.sort(n);
        T* row = sample_row<T>(out, layout_.plane, y) + x;
        for (int i = 0; i < n; ++i)
          if (sorted.counts[i] > 0) row[i] = layout_.stored(sorted.median(i));
      }
  }

  std::size_t bytes() const override {
    std::size_t all = 0;
    for (const layer& l : layers_) all += l.samples.size() * sizeof(T) + l.counts.size();
    return all;
  }

 private:
  static constexpr int block = 512;  ///< samples beside each other, sorted in the same steps
  static constexpr T highest =
      std::is_same_v<T, f32> ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::max();

  struct layer {
    std::vector<T> samples;
    std::vector<u8> counts;
  };

  /// One row for each layer; sorting orders every column.
  struct column_sorter {
    explicit column_sorter(std::size_t layers) : depth(int(layers)), values(layers * block), counts(block) {}

    T* row(int i) { return values.data() + std::size_t(i) * block; }
    const T* row(int i) const { return values.data() + std::size_t(i) * block; }

    /// Merge exchange (Batcher 1968; Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M).
    void sort(int n) {
      for (int p = 1; p < depth; p *= 2)
        for (int k = p; k >= 1; k /= 2)
          for (int j = k % p; j + k < depth; j += 2 * k)
            for (int i = j; i < std::min(j + k, depth - k); ++i)
              if (i / (2 * p) == (i + k) / (2 * p)) exchange(row(i), row(i + k), n);
    }
    static void exchange(T* a, T* b, int n) {
      for (int i = 0; i < n; ++i) {
        const T low = b[i] < a[i] ? b[i] : a[i], high = b[i] < a[i] ? a[i] : b[i];
        a[i] = low, b[i] = high;
      }
    }

    T median(int i) const {
      const int n = counts[i];
      const T a = row((n - 1) / 2)[i], b = row(n / 2)[i];
      if constexpr (std::is_same_v<T, f32>)
        return a == b ? a : 0.5f * a + 0.5f * b;
      else
        return static_cast<T>((std::uint32_t(a) + b + 1) / 2);
    }

    int depth;
    std::vector<T> values;
    std::vector<int> counts;
  };

  /// What does not count goes to the end.
  void read(column_sorter& to, std::size_t first, int n) const {
    std::fill(to.counts.begin(), to.counts.end(), 0);
    for (int l = 0; l < to.depth; ++l) {
      const layer& from = layers_[l];
      T* row = to.row(l);
      for (int i = 0; i < n; ++i) {
        const T v = from.samples[first + i];
        const bool counted = (from.counts.empty() || from.counts[(first + i) / layout_.channels]) && is_number(v);
        row[i] = counted ? layout_.value(v) : highest;
        to.counts[i] += counted;
      }
    }
  }

  plane_layout layout_;
  std::vector<layer> layers_;
};

}  // namespace

std::unique_ptr<stacked_plane> make_stacked_plane(const frame_format& format, int plane, stack_rule rule) {
  return visit_samples(format, [&]<class T>(T) -> std::unique_ptr<stacked_plane> {
    const plane_layout layout(format, plane);
    if (rule == stack_rule::median) return std::make_unique<median_plane<T>>(layout);
    return std::make_unique<mean_plane<T>>(layout);
  });
}

}  // namespace fluxel::host
