// SPDX-License-Identifier: Apache-2.0
#include "bench/reference_flow.hpp"

namespace fluxel::bench {

bool has_reference_dis() { return false; }

std::function<void()> reference_dis(image_view<const u8>, image_view<const u8>, image_view<float>, int) { return {}; }
std::function<void()> reference_pyr_lk(image_view<const u8>, image_view<const u8>, image_view<float>, int) {
  return {};
}

}  // namespace fluxel::bench
