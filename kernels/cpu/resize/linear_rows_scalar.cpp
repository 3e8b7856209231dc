// SPDX-License-Identifier: Apache-2.0
// Bilinear rows by the formulas themselves, for processors without a SIMD target.

#include "kernels/common/resize/lerp.hpp"
#include "kernels/cpu/resize/linear_rows.hpp"

namespace fluxel::kernels {

namespace {

template <class T>
class scalar_rows final : public linear_rows {
  using L = lerp<T>;

 public:
  explicit scalar_rows(const row_geometry& g) : x_(g.x.begin(), g.x.end()), geometry_(g) {
    block = g.channels;
    between_bytes = sizeof(typename L::between);
  }

  void horizontal(const void* src_row, int first, int last, void* between) const override {
    const auto* src = static_cast<const T*>(src_row);
    auto* out = static_cast<typename L::between*>(between);
    const int channels = geometry_.channels;
    for (int x = first; x < last; ++x) {
      const auto weight = L::from_fraction(x_[x].fraction);
      const T* left = src + std::ptrdiff_t{x_[x].index} * channels;
      const T* right = x_[x].index + 1 < geometry_.src_width ? left + channels : left;
      for (int c = 0; c < channels; ++c) *out++ = L::horizontal(lower(left[c]), lower(right[c]), weight);
    }
  }

  void vertical(const void* upper, const void* below, std::uint32_t fraction, void* dst, int count) const override {
    const auto* up = static_cast<const typename L::between*>(upper);
    const auto* low = static_cast<const typename L::between*>(below);
    auto* out = static_cast<T*>(dst);
    const auto weight = L::from_fraction(fraction);
    for (int i = 0; i < count; ++i) out[i] = raise(L::vertical(up[i], low[i], weight, geometry_.rounding));
  }

  void both(const void* upper, const void* below, std::uint32_t fraction, void* dst, int count) const override {
    const auto weight = L::from_fraction(fraction);
    auto* out = static_cast<T*>(dst);
    for (int x = 0; x < count / geometry_.channels; ++x) {
      const auto w = L::from_fraction(x_[x].fraction);
      const std::ptrdiff_t left = std::ptrdiff_t{x_[x].index} * geometry_.channels;
      const std::ptrdiff_t right = x_[x].index + 1 < geometry_.src_width ? left + geometry_.channels : left;
      auto value = [&](const void* row, int c) {
        const T* src = static_cast<const T*>(row);
        return L::horizontal(lower(src[left + c]), lower(src[right + c]), w);
      };
      for (int c = 0; c < geometry_.channels; ++c)
        *out++ = raise(L::vertical(value(upper, c), value(below, c), weight, geometry_.rounding));
    }
  }

 private:
  T lower(T v) const {
    if constexpr (std::is_same_v<T, u16>) return static_cast<T>(v >> geometry_.low_zero_bits);
    return v;
  }
  T raise(T v) const {
    if constexpr (std::is_same_v<T, u16>) return static_cast<T>(v << geometry_.low_zero_bits);
    return v;
  }

  std::vector<position> x_;
  row_geometry geometry_;
};

}  // namespace

std::unique_ptr<linear_rows> make_scalar_rows(const row_geometry& g, element_type type) {
  switch (type) {
    case element_type::u8:
      return std::make_unique<scalar_rows<u8>>(g);
    case element_type::u16:
      return std::make_unique<scalar_rows<u16>>(g);
    case element_type::f16:
      return std::make_unique<scalar_rows<f16>>(g);
    case element_type::bf16:
      return std::make_unique<scalar_rows<bf16>>(g);
    case element_type::f32:
      break;
  }
  return std::make_unique<scalar_rows<f32>>(g);
}

}  // namespace fluxel::kernels
