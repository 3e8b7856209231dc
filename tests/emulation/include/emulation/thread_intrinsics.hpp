// SPDX-License-Identifier: Apache-2.0
#pragma once

// Barriers, shuffles and votes. Each knows the line that calls it.

#include <cstdint>
#include <cstring>

#include "emulation/scheduler.hpp"

namespace emulation {

inline constexpr unsigned full_mask = 0xffffffffu;

template <class T>
T shuffle(unsigned mask, T value, int source, bool valid, site at) {
  static_assert(sizeof(T) <= 8);
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  bits = warp_shuffle(mask, bits, source, valid, at);
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}

}  // namespace emulation

#define EMULATION_SITE const char *file = __builtin_FILE(), int line = __builtin_LINE()

inline void __syncthreads(EMULATION_SITE) { emulation::block_barrier(false, {file, line}); }
inline int __syncthreads_count(int predicate, EMULATION_SITE) {
  return static_cast<int>(emulation::block_barrier(predicate != 0, {file, line}));
}
inline int __syncthreads_or(int predicate, EMULATION_SITE) {
  return emulation::block_barrier(predicate != 0, {file, line}) != 0;
}
inline int __syncthreads_and(int predicate, EMULATION_SITE) {
  return emulation::block_barrier(predicate == 0, {file, line}) == 0;
}
inline void __syncwarp(unsigned mask = emulation::full_mask, EMULATION_SITE) {
  emulation::warp_ballot(mask, false, {file, line});
}

inline unsigned __ballot_sync(unsigned mask, int predicate, EMULATION_SITE) {
  return emulation::warp_ballot(mask, predicate != 0, {file, line});
}
inline int __any_sync(unsigned mask, int predicate, EMULATION_SITE) {
  return emulation::warp_ballot(mask, predicate != 0, {file, line}) != 0;
}
inline int __all_sync(unsigned mask, int predicate, EMULATION_SITE) {
  return emulation::warp_ballot(mask, predicate == 0, {file, line}) == 0;
}

template <class T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32, EMULATION_SITE) {
  const int self = static_cast<int>(emulation::lane());
  return emulation::shuffle(mask, value, (self & ~(width - 1)) | (source & (width - 1)), true, {file, line});
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, EMULATION_SITE) {
  const int self = static_cast<int>(emulation::lane()), by = static_cast<int>(delta);
  return emulation::shuffle(mask, value, self - by, (self & (width - 1)) >= by, {file, line});
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, EMULATION_SITE) {
  const int self = static_cast<int>(emulation::lane()), by = static_cast<int>(delta);
  return emulation::shuffle(mask, value, self + by, (self & (width - 1)) + by < width, {file, line});
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int with, int width = 32, EMULATION_SITE) {
  const int self = static_cast<int>(emulation::lane()), source = self ^ with;
  return emulation::shuffle(mask, value, source, (source & ~(width - 1)) <= (self & ~(width - 1)), {file, line});
}

#undef EMULATION_SITE
