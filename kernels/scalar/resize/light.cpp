// SPDX-License-Identifier: Apache-2.0
// The definition of linear light, one pixel after the other.

#include "kernels/common/resize/light.hpp"

#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

/// f(x, y, light) for every pixel.
template <class F>
status for_each_pixel(const light_call& c, F&& f) {
  for (int y = 0; y < c.samples.height; ++y) {
    auto* light = reinterpret_cast<float*>(static_cast<std::byte*>(c.light.data) + y * c.light.pitch);
    for (int x = 0; x < c.samples.width; ++x, light += c.samples.channels()) f(x, y, light);
  }
  return status::ok;
}

status decode(const light_call& c, const launch_options&) {
  if (c.samples.type == element_type::u8)
    return for_each_pixel(c, [&](int x, int y, float* light) { decode_pixel<u8>(c, x, y, light); });
  return for_each_pixel(c, [&](int x, int y, float* light) { decode_pixel<u16>(c, x, y, light); });
}

status encode(const light_call& c, const launch_options&) {
  if (c.samples.type == element_type::u8)
    return for_each_pixel(c, [&](int x, int y, const float* light) { encode_pixel<u8>(c, x, y, light); });
  return for_each_pixel(c, [&](int x, int y, const float* light) { encode_pixel<u16>(c, x, y, light); });
}

}  // namespace

const light_functions scalar_light_functions{decode, encode};

}  // namespace fluxel::kernels
