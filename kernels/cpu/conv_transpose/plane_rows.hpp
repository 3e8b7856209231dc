// SPDX-License-Identifier: Apache-2.0
#pragma once

// Transposed convolution on the CPU by rows: outputs x = phase + m * stride of one phase read neighbouring source
// pixels, so that SIMD lanes are neighbouring m.

#include <cstdint>

#include "kernels/common/conv_transpose/conv_transpose.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

/// Kernel column `k` brings source pixel m + offset to output m of its phase.
struct conv_tap {
  int k;
  int offset;
};

/// The horizontal axis, by phases; taps that reach no output are left out.
struct conv_phases {
  int longest = 0;  ///< outputs of phase 0
  int lowest = 0;   ///< the least offset, at most 0
  int highest = 0;  ///< the largest, at least 0
  working_vector<conv_tap> taps;
  working_vector<int> first;  ///< taps of phase p: [first[p], first[p + 1])

  conv_phases(const conv_axis& axis, int src_size, int dst_size);
};

struct conv_rows_job {
  const conv_transpose_call& call;
  tensor src, dst;
  int in_per_group, out_per_group;
  const float* weights;  ///< f32 copies, or the caller's
  const float* bias;     ///< or nullptr
  conv_phases x;

  std::int64_t rows() const { return std::int64_t{dst.count} * call.groups * dst.height; }
};

/// Computes rows [first, last) of all (image, group, output row), for every output channel of the group.
void conv_rows(const conv_rows_job& job, std::int64_t first, std::int64_t last);

}  // namespace fluxel::kernels
