// SPDX-License-Identifier: Apache-2.0
#pragma once

// One small kernel that is right, and the mistakes that can be planted in it.

namespace planted {

enum class bug : int {
  none,
  missing_barrier,
  missing_warp_barrier,
  divergent_barrier,
  wrong_mask,
  global_out_of_bounds,
  shared_out_of_bounds,
  dynamic_out_of_bounds,
  unwritten_shared,
  unwritten_global,
  two_blocks_one_word,
};

inline constexpr int block = 64;

/// out[i] = 0.25 in[i-1] + 0.5 in[i] + 0.25 in[i+1] plus the same of its neighbour in the pair; edges repeat.
/// `scratch` holds n floats that nobody has written. Returns a CUDA error code.
int smooth(bug b, const float* in, float* out, const float* scratch, int n);

/// out[i] = a[i] * b[i] + c[i], rounded twice.
int multiply_add(const float* a, const float* b, const float* c, float* out, int n);
/// out[i] = a[i] * b[i] - c[i] * d[i], rounded three times.
int cross(const float* a, const float* b, const float* c, const float* d, float* out, int n);

}  // namespace planted
