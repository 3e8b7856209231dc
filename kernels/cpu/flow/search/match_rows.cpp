// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/flow/search/match_rows.hpp"

#include "kernels/common/flow/matching.hpp"
#include "kernels/cpu/runtime/independent.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/search/match_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

namespace hn = hwy::HWY_NAMESPACE;
using sum_tag = hn::ScalableTag<std::int16_t>;
using sums = hn::Vec<sum_tag>;
using byte_tag = hn::ScalableTag<u8>;
constexpr int side = 2 * block_radius + 1;

void detail(const u16* const* rows, int width, std::int32_t* HWY_RESTRICT columns, u8* HWY_RESTRICT out) {
  static_assert(detail_radius == 3);
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x)
    columns[x] = rows[0][x] + rows[1][x] + rows[2][x] + rows[3][x] + rows[4][x] + rows[5][x] + rows[6][x];
  for (int i = 1; i <= detail_radius; ++i) columns[-i] = columns[0], columns[width - 1 + i] = columns[width - 1];
  const u16* HWY_RESTRICT grey = rows[detail_radius];
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    const std::int32_t* c = columns + x;
    out[x] = detail_of(grey[x], c[-3] + c[-2] + c[-1] + c[0] + c[1] + c[2] + c[3]);
  }
}

/// |prev - next| of the windows' pixels.
void store_differences(const match_attempt& a) {
  const byte_tag d;
  const int step = static_cast<int>(hn::Lanes(d));
  for (int y = 0; y < a.height + side - 1; ++y) {
    const std::ptrdiff_t row = y * a.pitch;
    for (int x = 0; x < a.width + side - 1; x += step) {
      const auto p = hn::LoadU(d, a.prev + row + x), n = hn::LoadU(d, a.next + row + x);
      hn::StoreU(hn::Or(hn::SaturatedSub(p, n), hn::SaturatedSub(n, p)), d, a.differences + row + x);
    }
  }
}

/// Over the pixels of a row of windows.
HWY_INLINE sums across(const u8* differences) {
  const sum_tag d;
  const hn::Rebind<u8, sum_tag> bytes;
  sums sum = hn::PromoteTo(d, hn::LoadU(bytes, differences));
  for (int i = 1; i < side; ++i) sum = hn::Add(sum, hn::PromoteTo(d, hn::LoadU(bytes, differences + i)));
  return sum;
}

/// `place` where `sum` is less than the best; other lanes keep what is there, beyond the row too.
HWY_INLINE void keep_better(sums sum, hn::Mask<sum_tag> inside, sums place, std::int16_t* best,
                            std::int16_t* places) {
  const sum_tag d;
  const sums before = hn::LoadU(d, best);
  const auto better = hn::And(hn::Lt(sum, before), inside);
  if (hn::AllFalse(d, better)) return;
  hn::StoreU(hn::IfThenElse(better, sum, before), d, best);
  hn::StoreU(hn::IfThenElse(better, place, hn::LoadU(d, places)), d, places);
}

void attempt(const match_attempt& a) {
  static_assert(side == 5 && side * side * 255 < 0x7fff);
  store_differences(a);
  const sum_tag d;
  const int step = static_cast<int>(hn::Lanes(d));
  const sums place = hn::Set(d, a.place);
  for (int x = 0; x < a.width; x += step) {
    const auto inside = hn::FirstN(d, static_cast<std::size_t>(a.width - x));
    const u8* row = a.differences + x;
    sums r0 = across(row), r1 = across(row + a.pitch), r2 = across(row + 2 * a.pitch), r3 = across(row + 3 * a.pitch);
    sums sum = hn::Add(hn::Add(r0, r1), hn::Add(r2, r3));
    for (int y = 0; y < a.height; ++y) {
      const sums r4 = across(row + (y + 4) * a.pitch);
      sum = hn::Add(sum, r4);
      const std::ptrdiff_t at = y * a.best_pitch + x;
      keep_better(sum, inside, place, a.best.forward + at, a.best.forward_place + at);
      keep_better(sum, inside, place, a.best.backward + at, a.best.backward_place + at);
      sum = hn::Sub(sum, r0);
      r0 = r1, r1 = r2, r2 = r3, r3 = r4;
    }
  }
}

}  // namespace

const flow_match_functions* match_functions() {
  static constexpr flow_match_functions table{detail, attempt};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_match_functions, flow_match_rows, match_functions)
#endif
