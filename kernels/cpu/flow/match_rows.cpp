// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/flow/match_rows.hpp"

#include "kernels/common/flow/matching.hpp"
#include "kernels/cpu/runtime/independent.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/match_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

inline u16 distance(u8 a, u8 b) { return static_cast<u16>(a < b ? b - a : a - b); }

void to_bytes(const u16* HWY_RESTRICT grey, int width, u8* HWY_RESTRICT bytes) {
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) bytes[x] = static_cast<u8>(byte_of_grey(grey[x]));
}

void add(const u8* HWY_RESTRICT a, const u8* HWY_RESTRICT b, int width, u16* HWY_RESTRICT columns) {
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) columns[x] = static_cast<u16>(columns[x] + distance(a[x], b[x]));
}

void exchange(const u8* HWY_RESTRICT a, const u8* HWY_RESTRICT b, const u8* HWY_RESTRICT leaving_a,
              const u8* HWY_RESTRICT leaving_b, int width, u16* HWY_RESTRICT columns) {
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x)
    columns[x] = static_cast<u16>(columns[x] + distance(a[x], b[x]) - distance(leaving_a[x], leaving_b[x]));
}

void keep_better(const u16* HWY_RESTRICT columns, int width, u16 displacement, u16* HWY_RESTRICT best,
                 u16* HWY_RESTRICT best_displacement) {
  static_assert(block_radius == 2);
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    const u16 sum = static_cast<u16>(columns[x] + columns[x + 1] + columns[x + 2] + columns[x + 3] + columns[x + 4]);
    const bool better = sum < best[x];
    best[x] = better ? sum : best[x];
    best_displacement[x] = better ? displacement : best_displacement[x];
  }
}

}  // namespace

const flow_match_functions* match_functions() {
  static constexpr flow_match_functions table{to_bytes, add, exchange, keep_better};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_match_functions, flow_match_rows, match_functions)
#endif
