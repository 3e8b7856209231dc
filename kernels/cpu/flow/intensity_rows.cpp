// SPDX-License-Identifier: Apache-2.0
// Pixels to intensities and flow to pixels, row by row. The formulas are those of common/flow/intensity.hpp.

#include <type_traits>

#include "kernels/common/flow/intensity.hpp"
#include "kernels/cpu/flow/rows.hpp"
#include "kernels/cpu/runtime/independent.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/intensity_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

/// scale_intensity in floating point that holds these integers: a quotient that is not whole stays clear of the next
/// integer. Of bytes floats do: what is divided is below 2^20, and quotients below 2^12 are 1/255 away from it.
template <class Float>
struct exact_scale {
  Float white, half;
  explicit exact_scale(std::int64_t w) : white(static_cast<Float>(w)), half(static_cast<Float>(w / 2)) {}
  u16 operator()(std::int32_t value) const {
    const Float scaled = static_cast<Float>(value) * (255 * intensity_one) + half;
    return static_cast<u16>(static_cast<std::int32_t>(scaled / white));
  }
};

template <class T, int channels>
void integer_row(const T* HWY_RESTRICT p, const intensity_scale& scale, int width, u16* HWY_RESTRICT grey) {
  const std::int64_t white = sizeof(T) == 1 ? 255 : (std::int64_t{1} << scale.bit_depth) - 1;
  if constexpr (channels >= 3) {
    const std::int32_t red = scale.red, green = scale.green, blue = scale.blue;
    const exact_scale<double> to_intensity(white << luma_bits);
    FLUXEL_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const T* q = p + x * channels;
      const std::int32_t luma = red * q[0] + green * q[1] + blue * q[2];
      // 255 << 14 is white, and 4080 in intensity: a shift by 10.
      grey[x] = sizeof(T) == 1 ? static_cast<u16>((luma + 512) >> 10) : to_intensity(luma);
    }
  } else {
    const exact_scale<double> to_intensity(white);
    FLUXEL_INDEPENDENT
    for (int x = 0; x < width; ++x)
      grey[x] = sizeof(T) == 1 ? static_cast<u16>(p[x * channels] * intensity_one) : to_intensity(p[x * channels]);
  }
}

/// Of a range of its own.
template <class T, int channels>
void cut_row(const T* HWY_RESTRICT p, const intensity_scale& scale, int width, u16* HWY_RESTRICT grey) {
  const integer_range range = range_of(scale, sizeof(T));
  const int bits = channels >= 3 ? luma_bits : 0;
  const exact_scale <
      std::conditional_t<sizeof(T) == 1 && channels<3, float, double>> to_intensity(range.white << bits);
  const auto low = static_cast<std::int32_t>(range.low << bits),
             white = static_cast<std::int32_t>(range.white << bits);
  const std::int32_t red = scale.red, green = scale.green, blue = scale.blue;
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    const T* q = p + x * channels;
    std::int32_t value = q[0];
    if constexpr (channels >= 3) value = red * q[0] + green * q[1] + blue * q[2];
    value = value < low ? 0 : value - low;
    grey[x] = to_intensity(value > white ? white : value);
  }
}

template <class T>
void intensity_row(const void* pixels, int channels, const intensity_scale& scale, int width, u16* grey, u8* mask) {
  const T* p = static_cast<const T*>(pixels);
  if constexpr (sizeof(T) < 4) {
    const auto row = channels == 1   ? integer_row<T, 1>
                     : channels == 2 ? integer_row<T, 2>
                     : channels == 3 ? integer_row<T, 3>
                                     : integer_row<T, 4>;
    const auto cut = channels == 1   ? cut_row<T, 1>
                     : channels == 2 ? cut_row<T, 2>
                     : channels == 3 ? cut_row<T, 3>
                                     : cut_row<T, 4>;
    (scale.high > scale.low ? cut : row)(p, scale, width, grey);
  } else {
    for (int x = 0; x < width; ++x) {
      bool known = mask[x] == 0;
      grey[x] = flow_intensity(p + std::ptrdiff_t{x} * channels, channels, scale, known);
      mask[x] = known ? 0 : flow_masked;
    }
    return;
  }
  for (int x = 0; x < width; ++x) grey[x] = mask[x] != 0 ? mid_grey : grey[x];
}

void to_pixels(const std::int16_t* HWY_RESTRICT flow, int width, int step, float* HWY_RESTRICT out) {
  if (step == 1) {
    FLUXEL_INDEPENDENT
    for (int x = 0; x < width; ++x) out[x] = flow_to_float(flow[x]);
  } else {
    FLUXEL_INDEPENDENT
    for (int x = 0; x < width; ++x) out[std::ptrdiff_t{x} * step] = flow_to_float(flow[x]);
  }
}

}  // namespace

const flow_pixel_functions* pixel_functions() {
  static constexpr flow_pixel_functions table{intensity_row<u8>, intensity_row<u16>, intensity_row<f32>, to_pixels};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_pixel_functions, flow_pixel_rows, pixel_functions)
#endif
