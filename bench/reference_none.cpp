// SPDX-License-Identifier: Apache-2.0
#include "bench/reference.hpp"

namespace fluxel::bench {

const char* reference_version() { return ""; }

template <class T>
std::function<void()> reference_resize(image_view<const T>, image_view<T>, int, interpolation) {
  return {};
}
template std::function<void()> reference_resize(image_view<const u8>, image_view<u8>, int, interpolation);
template std::function<void()> reference_resize(image_view<const f32>, image_view<f32>, int, interpolation);

}  // namespace fluxel::bench
