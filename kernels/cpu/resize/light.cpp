// SPDX-License-Identifier: Apache-2.0
// Linear light on the CPU: bands of rows through the formulas, compiled once per instruction set for its fma.

#include "kernels/common/resize/light.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/resize/light.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/cpu/runtime/parallel.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

float* light_row(const light_call& c, int y) {
  return reinterpret_cast<float*>(static_cast<std::byte*>(c.light.data) + y * c.light.pitch);
}

template <class T>
void decode_rows(const light_call& c, std::int64_t first, std::int64_t last) {
  for (int y = static_cast<int>(first); y < last; ++y) {
    float* light = light_row(c, y);
    for (int x = 0; x < c.samples.width; ++x, light += c.samples.channels()) decode_pixel<T>(c, x, y, light);
  }
}

template <class T>
void encode_rows(const light_call& c, std::int64_t first, std::int64_t last) {
  for (int y = static_cast<int>(first); y < last; ++y) {
    const float* light = light_row(c, y);
    for (int x = 0; x < c.samples.width; ++x, light += c.samples.channels()) encode_pixel<T>(c, x, y, light);
  }
}

using rows_function = void (*)(const light_call& c, std::int64_t first, std::int64_t last);

status in_bands(const light_call& c, rows_function rows, const launch_options& launch) {
  constexpr std::int64_t pixels_per_band = 1 << 13;
  parallel_rows(c.samples.height, pixels_per_band / c.samples.width + 1, launch.threads,
                [&](std::int64_t first, std::int64_t last) { rows(c, first, last); });
  return status::ok;
}

}  // namespace

status decode_light(const light_call& c, const launch_options& launch) {
  return in_bands(c, c.samples.type == element_type::u8 ? decode_rows<u8> : decode_rows<u16>, launch);
}
status encode_light(const light_call& c, const launch_options& launch) {
  return in_bands(c, c.samples.type == element_type::u8 ? encode_rows<u8> : encode_rows<u16>, launch);
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/cpu/runtime/table.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/cpu/runtime/translate_bad_alloc.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

HWY_EXPORT(decode_light);
HWY_EXPORT(encode_light);

namespace {

status decode(const light_call& c, const launch_options& launch) {
  const auto how = simd_chosen() ? for_target(HWY_DISPATCH_TABLE(decode_light)) : scalar_light_functions.decode;
  return translate_bad_alloc([&] { return how(c, launch); });
}
status encode(const light_call& c, const launch_options& launch) {
  const auto how = simd_chosen() ? for_target(HWY_DISPATCH_TABLE(encode_light)) : scalar_light_functions.encode;
  return translate_bad_alloc([&] { return how(c, launch); });
}

}  // namespace

const light_functions cpu_light_functions{decode, encode};

}  // namespace fluxel::kernels
#endif
