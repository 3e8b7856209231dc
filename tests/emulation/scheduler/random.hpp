// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

#include "emulation/scheduler.hpp"

namespace emulation {

/// xorshift: small, and the same on every machine.
class random_numbers {
 public:
  void seed(std::uint64_t value) { state_ = value * 0x9E3779B97F4A7C15u + 0x7F4A7C15u; }

  /// In [0, n).
  unsigned below(unsigned n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<unsigned>((state_ >> 32) * n >> 32);
  }

 private:
  std::uint64_t state_ = 1;
};

inline void arrange(unsigned* values, unsigned n, order launch, random_numbers& random) {
  if (launch == order::reverse)
    for (unsigned i = 0; i < n / 2; ++i) std::swap(values[i], values[n - 1 - i]);
  if (launch == order::random)
    for (unsigned i = n; i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
}

}  // namespace emulation
