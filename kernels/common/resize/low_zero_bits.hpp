// SPDX-License-Identifier: Apache-2.0
#pragma once

// u16 with high alignment (P010) is stored as value << low_zero_bits; other types have no such bits.

#include <type_traits>

#include "fluxel/types.hpp"
#include "kernels/common/runtime/hd.hpp"

namespace fluxel::kernels {

template <class T>
FLUXEL_HD T lowered(T stored, int low_zero_bits) {
  if constexpr (std::is_same_v<T, u16>) return static_cast<T>(stored >> low_zero_bits);
  return stored;
}
template <class T>
FLUXEL_HD T raised(T value, int low_zero_bits) {
  if constexpr (std::is_same_v<T, u16>) return static_cast<T>(value << low_zero_bits);
  return value;
}

}  // namespace fluxel::kernels
