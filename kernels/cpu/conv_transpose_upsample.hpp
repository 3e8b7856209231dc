#pragma once

// Bilinear upsampling by an integer factor with zeros beyond the border.
//
// A cell lies between two neighbouring source pixels, the zeros at both ends included: an axis of n pixels has n + 1
// cells, and each holds `factor` outputs, the first and last cell only those that are in the image.

#include <cstdint>
#include <vector>

#include "kernels/kernels.hpp"

namespace fluxel::kernels {

status upsample_zero_simd(const image_pair& pair, element_type type, int factor, const execution& how);

struct upsample_job {
  const image& src;
  const image& dst;
  int factor;
  std::vector<float> weights;  ///< of each output in a cell

  std::int64_t cells() const { return std::int64_t{dst.count} * dst.planes * (src.height + 1); }
};

}  // namespace fluxel::kernels
