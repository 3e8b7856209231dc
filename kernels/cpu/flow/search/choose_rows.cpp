// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/flow/search/choose_rows.hpp"

#include "kernels/common/flow/matching.hpp"
#include "kernels/cpu/runtime/independent.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/search/choose_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

using i16 = std::int16_t;
using weighing = weigh_flows_pixel;
constexpr int clear_side = 2 * weighing::clear_radius + 1;
static_assert(clear_side * (6 * most_slope_difference + weighing::margin) < 0x8000, "sums of columns fit 16 bits");

inline i16 limited(int d) {
  const int m = d < 0 ? -d : d;
  return static_cast<i16>(m < most_slope_difference ? m : most_slope_difference);
}

/// Without a frame, `known` is 0.
inline i16 difference(const i16* by, const i16* by_below, int known, const u16* prev, const u16* prev_below, int x) {
  const int own = known * by[x] - prev[x];
  const int right = known * by[x + 1] - prev[x + 1], below = known * by_below[x] - prev_below[x];
  return static_cast<i16>(limited(right - own) + limited(below - own));
}

void gains(const choose_row& row, const choose_row& below, int width, i16* HWY_RESTRICT better,
           i16* HWY_RESTRICT clearly) {
  const u16 *prev = row.prev, *prev_below = below.prev;
  const i16 *f = row.by_flow, *f_below = below.by_flow, *o = row.by_other, *o_below = below.by_other;
  const u8 *rf = row.flow_reason, *ro = row.other_reason, *bf = below.flow_reason, *bo = below.other_reason;
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width - 1; ++x) {
    const int reasons = rf[x] | rf[x + 1] | bf[x];
    const int flow_known = reasons == 0;
    const int a = difference(f, f_below, flow_known, prev, prev_below, x) >> (1 - flow_known);
    const int b = difference(o, o_below, 1, prev, prev_below, x);
    const bool counts = (ro[x] | ro[x + 1] | bo[x]) == 0 && (reasons & flow_masked) == 0;
    better[x] = counts ? static_cast<i16>(a - b) : i16{0};
    clearly[x] = counts ? static_cast<i16>(2 * a - 3 * b - weighing::margin) : i16{0};
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

void weigh(const i16* HWY_RESTRICT better, const i16* HWY_RESTRICT clearly, const u8* HWY_RESTRICT other_reason,
           int width, u8* HWY_RESTRICT evidence) {
  static_assert(block_radius == 2 && weighing::clear_radius == 3);
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    const i16 *b = better + x, *c = clearly + x;
    const u8 some = b[-2] + b[-1] + b[0] + b[1] + b[2] > 0 ? other_fits_better : u8{0};
    const bool clear = c[-3] + c[-2] + c[-1] + c[0] + c[1] + c[2] + c[3] > 0;
    evidence[x] = clear && other_reason[x] == 0 ? other_fits_clearly : some;
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

void choose(const u8* HWY_RESTRICT columns, const u8* HWY_RESTRICT evidence, int width, const chosen_row& row) {
  static_assert(choose_flow_pixel::region_radius == 4);
  const i16 *HWY_RESTRICT u = row.other_u, *HWY_RESTRICT v = row.other_v;
  i16 *HWY_RESTRICT flow_u = row.flow_u, *HWY_RESTRICT flow_v = row.flow_v;
  u8* HWY_RESTRICT taken = row.taken;
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    const u8* c = columns + x;
    const int clear = c[-4] + c[-3] + c[-2] + c[-1] + c[0] + c[1] + c[2] + c[3] + c[4];
    const bool take = evidence[x] != 0 && clear >= choose_flow_pixel::least_region && u[x] != no_vector &&
                      is_news(u[x] - flow_u[x], v[x] - flow_v[x]);
    taken[x] = take ? 1 : 0;
    flow_u[x] = take ? u[x] : flow_u[x];
    flow_v[x] = take ? v[x] : flow_v[x];
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
