// SPDX-License-Identifier: Apache-2.0
// Medians in lanes of 16 bits; and of 8, twice as many, where the values lie close together.

#include "kernels/cpu/flow/median/median_rows.hpp"

#include <algorithm>
#include <cstddef>

#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/median/median_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

namespace hn = hwy::HWY_NAMESPACE;
using median_lanes = hn::ScalableTag<std::int16_t>;

namespace wide {
using element = std::int16_t;
HWY_INLINE void store_medians(hn::Vec<median_lanes> v, int count, std::int16_t /*base*/, std::int16_t* to) {
  if (count == static_cast<int>(hn::Lanes(median_lanes()))) return hn::StoreU(v, median_lanes(), to);
  std::int16_t all[HWY_MAX_BYTES / 2];
  hn::StoreU(v, median_lanes(), all);
  std::copy_n(all, count, to);
}
#include "kernels/cpu/flow/median/median_pair.inc"
}  // namespace wide

namespace narrow {
using element = u8;
HWY_INLINE void store_medians(hn::Vec<hn::ScalableTag<u8>> v, int count, std::int16_t base, std::int16_t* to) {
  constexpr int step = static_cast<int>(HWY_LANES(std::int16_t));
  HWY_ALIGN u8 all[HWY_MAX_BYTES];
  hn::Store(v, hn::ScalableTag<u8>(), all);
  for (int x = 0; x < count; x += step) {
    const auto bytes = hn::Load(hn::Rebind<u8, median_lanes>(), all + x);
    const auto shorts = hn::Add(hn::PromoteTo(median_lanes(), bytes), hn::Set(median_lanes(), base));
    wide::store_medians(shorts, std::min(count - x, step), 0, to + x);
  }
}
#include "kernels/cpu/flow/median/median_pair.inc"
}  // namespace narrow

/// Of at least one vector, or pixel by pixel.
median_range range_of_row(const std::int16_t* row, int width) {
  const median_lanes d;
  constexpr int step = static_cast<int>(HWY_LANES(std::int16_t));
  std::int16_t least = row[0], most = row[0];
  if (width >= step) {
    auto low = hn::LoadU(d, row), high = low;
    for (int x = 0; x < width; x += step) {
      const auto v = hn::LoadU(d, row + std::min(x, width - step));
      low = hn::Min(low, v);
      high = hn::Max(high, v);
    }
    HWY_ALIGN std::int16_t lows[step], highs[step];
    hn::Store(low, d, lows);
    hn::Store(high, d, highs);
    return {*std::min_element(lows, lows + step), *std::max_element(highs, highs + step)};
  }
  for (int x = 1; x < width; ++x) {
    least = std::min(least, row[x]);
    most = std::max(most, row[x]);
  }
  return {least, most};
}

void pack_row(const std::int16_t* row, std::int16_t base, int width, u8* to) {
  const median_lanes d;
  const auto from = hn::Set(d, base);
  for (int x = 0; x < width; x += static_cast<int>(HWY_LANES(std::int16_t)))
    hn::StoreU(hn::DemoteTo(hn::Rebind<u8, median_lanes>(), hn::Sub(hn::LoadU(d, row + x), from)),
               hn::Rebind<u8, median_lanes>(), to + x);
}

}  // namespace

const flow_median_functions* median_functions() {
  static constexpr flow_median_functions table{
      {wide::median_rows<1>, wide::median_rows<2>, wide::median_rows<3>},
      {narrow::median_rows<1>, narrow::median_rows<2>, narrow::median_rows<3>},
      range_of_row,
      pack_row};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_median_functions, flow_median_rows, median_functions)
#endif
