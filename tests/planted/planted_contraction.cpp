// SPDX-License-Identifier: Apache-2.0
// Multiply-adds whose fused and unfused results differ. Exit 0: nothing is fused; 1: something is.

#include <cstdio>

#include "planted_kernels.hpp"

int main() {
  constexpr int n = 4;
  const float near_one = 1 + 0x1p-12f, squared = 1 + 0x1p-11f;  // near_one^2 = squared + 2^-24
  const float a[n] = {near_one, near_one, -near_one, near_one}, b[n] = {near_one, near_one, near_one, -near_one};
  const float c[n] = {-squared, -squared, squared, squared};
  float out[n];
  bool fused = planted::multiply_add(a, b, c, out, n) != 0;
  for (float v : out) fused |= v != 0;
#if defined(PLANTED_CROSS)
  fused |= planted::cross(a, b, a, b, out, n) != 0;  // x - x is 0, unless one product keeps its low bits
  for (float v : out) fused |= v != 0;
#endif
  std::puts(fused ? "fused" : "not fused");
  return fused ? 1 : 0;
}
