// Straight alpha on the CPU: bands of rows through the scalar formulas, in the default floating-point environment.

#include "kernels/cpu/parallel.hpp"
#include "kernels/cpu/row.hpp"
#include "kernels/cpu/scalar/row.hpp"

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
status in_bands(const alpha_image& im, const execution& how, const Body& body) {
  if (im.width == 0) return status::ok;
  parallel_rows(im.height, pixels_per_band / im.width + 1, how.threads, body);
  return status::ok;
}

status premultiply(const alpha_image& src, const image& product, element_type type, const execution& how) {
  return in_bands(src, how, [&](std::int64_t first, std::int64_t last) {
    scalar_alpha_functions.premultiply(band_of(src, first, last), band_of(product, first, last), type, how);
  });
}

status divide(const image& product, const alpha_image& dst, element_type type, const execution& how) {
  return in_bands(dst, how, [&](std::int64_t first, std::int64_t last) {
    scalar_alpha_functions.divide(band_of(product, first, last), band_of(dst, first, last), type, how);
  });
}

}  // namespace

const alpha_functions cpu_alpha_functions{premultiply, divide};

}  // namespace fluxel::kernels
