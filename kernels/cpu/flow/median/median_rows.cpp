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
using shorts = hn::CappedTag<std::int16_t, 16>;
using bytes_of_shorts = hn::Rebind<u8, shorts>;

namespace wide {
using element = std::int16_t;
#include "kernels/cpu/flow/median/median_tile.inc"
}  // namespace wide

namespace narrow {
using element = u8;
#include "kernels/cpu/flow/median/median_tile.inc"
}  // namespace narrow

/// Stores the first `width` of rows of pixels that get(row, x) reads from x on, and finds their range.
template <class Get>
HWY_INLINE median_range store_rows(const Get& get, int width, std::int16_t* const to[2]) {
  const shorts d;
  const int step = static_cast<int>(hn::Lanes(d)), whole = width / step * step;
  auto low = hn::Set(d, 32767), high = hn::Set(d, -32768);
  for (int row = 0; row < 2; ++row)
    for (int x = 0; x < whole; x += step) {
      const auto v = get(row, x);
      low = hn::Min(low, v);
      high = hn::Max(high, v);
      hn::StoreU(v, d, to[row] + x);
    }
  median_range range{hn::GetLane(hn::MinOfLanes(d, low)), hn::GetLane(hn::MaxOfLanes(d, high))};
  for (int row = 0; row < 2 && whole < width; ++row) {
    HWY_ALIGN std::int16_t rest[HWY_MAX_BYTES / 2];
    hn::Store(get(row, whole), d, rest);
    for (int x = whole; x < width; ++x) {
      to[row][x] = rest[x - whole];
      range = {std::min(range.least, to[row][x]), std::max(range.most, to[row][x])};
    }
  }
  return range;
}

void split_shorts(const std::int16_t* row, std::int16_t /*base*/, std::int16_t* to) { wide::split_pixels(row, to); }
median_range join_shorts(const std::int16_t* const from[2], std::int16_t /*base*/, int width,
                         std::int16_t* const to[2]) {
  HWY_ALIGN std::int16_t rows[2][median_pixels];
  for (int row = 0; row < 2; ++row) wide::join_pixels(from[row], rows[row]);
  return store_rows([&rows](int row, int x) HWY_ATTR { return hn::Load(shorts(), rows[row] + x); }, width, to);
}

void split_bytes(const std::int16_t* row, std::int16_t base, u8* to) {
  const shorts d;
  const auto from = hn::Set(d, base);
  HWY_ALIGN u8 bytes[median_pixels];
  for (int x = 0; x < median_pixels; x += static_cast<int>(hn::Lanes(d)))
    hn::Store(hn::DemoteTo(bytes_of_shorts(), hn::SaturatedSub(hn::LoadU(d, row + x), from)), bytes_of_shorts(),
              bytes + x);
  narrow::split_pixels(bytes, to);
}
median_range join_bytes(const u8* const from[2], std::int16_t base, int width, std::int16_t* const to[2]) {
  HWY_ALIGN u8 rows[2][median_pixels];
  for (int row = 0; row < 2; ++row) narrow::join_pixels(from[row], rows[row]);
  return store_rows(
      [&rows, base](int row, int x) HWY_ATTR {
        return hn::Add(hn::PromoteTo(shorts(), hn::Load(bytes_of_shorts(), rows[row] + x)), hn::Set(shorts(), base));
      },
      width, to);
}

}  // namespace

const flow_median_functions* median_functions() {
  static constexpr flow_median_functions table{
      {split_shorts, {wide::find_medians<1>, wide::find_medians<2>, wide::find_medians<3>}, join_shorts},
      {split_bytes, {narrow::find_medians<1>, narrow::find_medians<2>, narrow::find_medians<3>}, join_bytes}};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_median_functions, flow_median_rows, median_functions)
#endif
