// SPDX-License-Identifier: Apache-2.0
// Straight alpha on the CPU: bands of rows through the scalar formulas, in the default floating-point environment.

#include "kernels/common/resize/alpha.hpp"

#include "kernels/cpu/runtime/parallel.hpp"
#include "kernels/cpu/runtime/table.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

constexpr std::int64_t pixels_per_band = 1 << 15;

template <class T>
void advance(T*& p, std::ptrdiff_t bytes) {
  if (p != nullptr) p = static_cast<std::byte*>(static_cast<void*>(p)) + bytes;
}

alpha_image band_of(alpha_image im, std::int64_t first, std::int64_t last) {
  advance(im.color, first * im.color_pitch);
  advance(im.alpha, first * im.alpha_pitch);
  im.height = static_cast<int>(last - first);
  return im;
}

image band_of(image im, std::int64_t first, std::int64_t last) {
  advance(im.data, first * im.pitch);
  im.height = static_cast<int>(last - first);
  return im;
}

template <class Body>
status in_bands(const alpha_image& im, const launch_options& launch, const Body& body) {
  if (im.width == 0) return status::ok;
  parallel_rows(im.height, pixels_per_band / im.width + 1, launch.threads, body);
  return status::ok;
}

/// Interleaved bytes, as most pictures come: loops whose steps are known run in lanes.
bool is_rgba(const alpha_image& im, element_type type) {
  return type == element_type::u8 && im.colors == 3 && im.color_step == 4 && im.alpha_step == 4 &&
         im.alpha == static_cast<std::byte*>(im.color) + 3 && im.alpha_pitch == im.color_pitch;
}

void premultiply_rgba(const alpha_image& src, const image& product) {
  using formula = alpha_formula<u8>;
  for (int y = 0; y < src.height; ++y) {
    const auto* in = static_cast<const u8*>(src.color) + y * src.color_pitch;
    auto* out = reinterpret_cast<float*>(static_cast<std::byte*>(product.data) + y * product.pitch);
    for (std::ptrdiff_t i = 0; i < std::ptrdiff_t{4} * src.width; i += 4) {
      const u8 alpha = in[i + 3];
      for (int c = 0; c < 3; ++c) out[i + c] = formula::weigh(in[i + c], alpha);
      out[i + 3] = formula::keep(alpha);
    }
  }
}

void divide_rgba(const image& product, const alpha_image& dst) {
  using formula = alpha_formula<u8>;
  for (int y = 0; y < dst.height; ++y) {
    const auto* in = reinterpret_cast<const float*>(static_cast<const std::byte*>(product.data) + y * product.pitch);
    auto* out = static_cast<u8*>(dst.color) + y * dst.color_pitch;
    for (std::ptrdiff_t i = 0; i < std::ptrdiff_t{4} * dst.width; i += 4) {
      const float alpha = in[i + 3];
      for (int c = 0; c < 3; ++c) out[i + c] = formula::color(in[i + c], alpha, 255);
      out[i + 3] = formula::alpha(alpha, 255);
    }
  }
}

status premultiply(const alpha_image& src, const image& product, element_type type, const launch_options& launch) {
  return in_bands(src, launch, [&](std::int64_t first, std::int64_t last) {
    const auto in = band_of(src, first, last);
    const auto out = band_of(product, first, last);
    if (is_rgba(in, type))
      premultiply_rgba(in, out);
    else
      scalar_alpha_functions.premultiply(in, out, type, launch);
  });
}

status divide(const image& product, const alpha_image& dst, element_type type, const launch_options& launch) {
  return in_bands(dst, launch, [&](std::int64_t first, std::int64_t last) {
    const auto in = band_of(product, first, last);
    const auto out = band_of(dst, first, last);
    if (is_rgba(out, type))
      divide_rgba(in, out);
    else
      scalar_alpha_functions.divide(in, out, type, launch);
  });
}

}  // namespace

const alpha_functions cpu_alpha_functions{premultiply, divide};

}  // namespace fluxel::kernels
