// SPDX-License-Identifier: Apache-2.0
// The definition of straight alpha, one pixel after the other.

#include "kernels/common/resize/alpha.hpp"

#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

template <class T>
status premultiply(const alpha_image& src, const image& product) {
  using formula = alpha_formula<T>;
  for (int y = 0; y < src.height; ++y) {
    const T* color = row_at<const T>(src.color, src.color_pitch, y);
    const T* alpha = row_at<const T>(src.alpha, src.alpha_pitch, y);
    auto* out = row_at<float>(product.data, product.pitch, y);
    for (int x = 0; x < src.width; ++x) {
      for (int c = 0; c < src.colors; ++c) *out++ = formula::weigh(color[c], *alpha);
      *out++ = formula::keep(*alpha);
      color += src.color_step;
      alpha += src.alpha_step;
    }
  }
  return status::ok;
}

template <class T>
status divide(const image& product, const alpha_image& dst) {
  using formula = alpha_formula<T>;
  for (int y = 0; y < dst.height; ++y) {
    const auto* in = row_at<const float>(product.data, product.pitch, y);
    T* color = row_at<T>(dst.color, dst.color_pitch, y);
    T* alpha = dst.alpha ? row_at<T>(dst.alpha, dst.alpha_pitch, y) : nullptr;
    for (int x = 0; x < dst.width; ++x) {
      const auto a = in[dst.colors];
      for (int c = 0; c < dst.colors; ++c) color[c] = formula::color(in[c], a, dst.max_value);
      in += dst.colors + 1;
      color += dst.color_step;
      if (alpha == nullptr) continue;
      *alpha = formula::alpha(a, dst.max_value);
      alpha += dst.alpha_step;
    }
  }
  return status::ok;
}

status premultiply_any(const alpha_image& src, const image& product, element_type type, const launch_options&) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return premultiply<T>(src, product); });
}

status divide_any(const image& product, const alpha_image& dst, element_type type, const launch_options&) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return divide<T>(product, dst); });
}

}  // namespace

const alpha_functions scalar_alpha_functions{premultiply_any, divide_any};

}  // namespace fluxel::kernels
