// SPDX-License-Identifier: Apache-2.0
// The definition of the structure tensor's eigenvalues, one pixel after the other.

#include "kernels/common/flow/structure.hpp"

#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

status scalar_structure(plane<const u16> grey, int radius, plane<float> smaller, plane<float> larger,
                        const launch_options&) {
  const int width = grey.width, height = grey.height;
  const tensor_scale scale = structure_scale(radius);
  for (int n = 0; n < grey.count; ++n) {
    auto level = [&](int x, int y) -> std::int32_t { return clamped_pixel(grey, n, x, y); };
    auto add_pixel = [&](tensor_sums& sums, int x, int y) {
      add_gradient(sums, derivative5(level(x - 2, y), level(x - 1, y), level(x + 1, y), level(x + 2, y)),
                   derivative5(level(x, y - 2), level(x, y - 1), level(x, y + 1), level(x, y + 2)));
    };
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        tensor_sums sums;
        for (int j = -radius; j <= radius; ++j)
          for (int i = -radius; i <= radius; ++i)
            add_pixel(sums, clamp_index(x + i, width), clamp_index(y + j, height));
        const eigenvalues e = tensor_eigenvalues(sums, scale);
        pixel_at(smaller, n, x, y) = e.smaller;
        if (larger.data != nullptr) pixel_at(larger, n, x, y) = e.larger;
      }
  }
  return status::ok;
}

}  // namespace fluxel::kernels
