// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/flow/choose_rows.hpp"

#include "kernels/common/flow/matching.hpp"
#include "kernels/cpu/runtime/independent.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/choose_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

using i16 = std::int16_t;
using weighing = weigh_flows_pixel;
constexpr int window = (2 * block_radius + 1) * (2 * block_radius + 1);
static_assert(window * (4 * weighing::most_difference + weighing::margin) < 0x8000, "sums of windows fit 16 bits");

inline i16 limited(i16 d) {
  const i16 m = static_cast<i16>(d < 0 ? -d : d);
  return m < i16{weighing::most_difference} ? m : i16{weighing::most_difference};
}

inline i16 change(const i16* warped, const u16* prev, int x) {
  return static_cast<i16>(warped[x] - static_cast<i16>(prev[x]));
}

inline i16 difference(i16 own, i16 right, i16 below) {
  return static_cast<i16>(limited(static_cast<i16>(right - own)) + limited(static_cast<i16>(below - own)));
}

void gains(const choose_row& row, const choose_row& below, int width, i16* HWY_RESTRICT better,
           i16* HWY_RESTRICT clearly) {
  const u16 *prev = row.prev, *prev_below = below.prev;
  const i16 *f = row.by_flow, *f_below = below.by_flow, *o = row.by_other, *o_below = below.by_other;
  const u8 *rf = row.flow_reason, *ro = row.other_reason, *bf = below.flow_reason, *bo = below.other_reason;
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width - 1; ++x) {
    const i16 a = difference(change(f, prev, x), change(f, prev, x + 1), change(f_below, prev_below, x));
    const i16 b = difference(change(o, prev, x), change(o, prev, x + 1), change(o_below, prev_below, x));
    const bool known = (rf[x] | ro[x] | rf[x + 1] | ro[x + 1] | bf[x] | bo[x]) == 0;
    better[x] = known ? static_cast<i16>(a - b) : i16{0};
    clearly[x] = known ? static_cast<i16>(a - 2 * b - weighing::margin) : i16{0};
  }
  better[width - 1] = clearly[width - 1] = 0;
}

void slide(const i16* HWY_RESTRICT entering, const i16* HWY_RESTRICT leaving, int width, i16* HWY_RESTRICT columns) {
  if (entering != nullptr) {
    FLUXEL_INDEPENDENT
    for (int x = 0; x < width; ++x) columns[x] = static_cast<i16>(columns[x] + entering[x]);
  }
  if (leaving != nullptr) {
    FLUXEL_INDEPENDENT
    for (int x = 0; x < width; ++x) columns[x] = static_cast<i16>(columns[x] - leaving[x]);
  }
}

inline i16 across(const i16* columns) {
  static_assert(block_radius == 2);
  return static_cast<i16>(columns[-2] + columns[-1] + columns[0] + columns[1] + columns[2]);
}

void weigh(const i16* HWY_RESTRICT better, const i16* HWY_RESTRICT clearly, const u8* HWY_RESTRICT other_reason,
           int width, u8* HWY_RESTRICT evidence) {
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    const u8 some = across(better + x) > 0 ? other_fits_better : u8{0};
    evidence[x] = across(clearly + x) > 0 && other_reason[x] == 0 ? other_fits_clearly : some;
  }
}

void slide_clear(const u8* HWY_RESTRICT entering, const u8* HWY_RESTRICT leaving, int width,
                 u8* HWY_RESTRICT columns) {
  static_assert(other_fits_clearly == 2);
  if (entering != nullptr) {
    FLUXEL_INDEPENDENT
    for (int x = 0; x < width; ++x) columns[x] = static_cast<u8>(columns[x] + (entering[x] >> 1));
  }
  if (leaving != nullptr) {
    FLUXEL_INDEPENDENT
    for (int x = 0; x < width; ++x) columns[x] = static_cast<u8>(columns[x] - (leaving[x] >> 1));
  }
}

void choose(const u8* HWY_RESTRICT columns, const u8* HWY_RESTRICT evidence, const i16* HWY_RESTRICT other, int width,
            i16* HWY_RESTRICT flow) {
  static_assert(choose_flow_pixel::region_radius == 4);
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    const u8* c = columns + x;
    const u8 clear = static_cast<u8>(c[-4] + c[-3] + c[-2] + c[-1] + c[0] + c[1] + c[2] + c[3] + c[4]);
    flow[x] = evidence[x] != 0 && clear >= choose_flow_pixel::least_region ? other[x] : flow[x];
  }
}

}  // namespace

const flow_choose_functions* choose_functions() {
  static constexpr flow_choose_functions table{gains, slide, weigh, slide_clear, choose};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_choose_functions, flow_choose_rows, choose_functions)
#endif
