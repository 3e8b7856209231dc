// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/flow/validity/assess_rows.hpp"

#include "kernels/common/flow/assess.hpp"
#include "kernels/common/flow/pair_measurement.hpp"
#include "kernels/cpu/runtime/independent.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/validity/assess_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

/// Beyond 32767 every difference is as good: two squares still fit 31 bits.
inline std::int32_t limited(std::int32_t d) {
  const std::int32_t m = d < 0 ? -d : d;
  return m < 32767 ? m : 32767;
}

inline bool apart(const bordered_vectors& row, int i, std::int32_t u, std::int32_t v, std::int32_t limit) {
  const std::int32_t du = limited(row.u[i] - u), dv = limited(row.v[i] - v);
  return du * du + dv * dv >= limit;
}

void varies(const bordered_vectors rows[3], std::int32_t limit, int width, u8* HWY_RESTRICT flags) {
  constexpr int d = assess_pixel::distance;
  const bordered_vectors above = rows[0], own = rows[1], below = rows[2];
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    const std::int32_t u = own.u[x], v = own.v[x];
    flags[x] = apart(above, x - d, u, v, limit) | apart(above, x, u, v, limit) | apart(above, x + d, u, v, limit) |
               apart(own, x - d, u, v, limit) | apart(own, x + d, u, v, limit) | apart(below, x - d, u, v, limit) |
               apart(below, x, u, v, limit) | apart(below, x + d, u, v, limit);
  }
}

void differences(const u16* HWY_RESTRICT prev, const std::int16_t* HWY_RESTRICT warped, const u8* HWY_RESTRICT reason,
                 int width, std::int32_t* HWY_RESTRICT sum, std::int32_t* HWY_RESTRICT known) {
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    const std::int32_t d = magnitude(std::int32_t{warped[x]} - prev[x]);
    sum[x] = reason[x] == 0 ? d : 0;
    known[x] = reason[x] == 0 ? 1 : 0;
  }
}

void slide(const std::int32_t* HWY_RESTRICT entering, const std::int32_t* HWY_RESTRICT leaving, int width,
           std::int32_t* HWY_RESTRICT columns) {
  if (entering != nullptr) {
    FLUXEL_INDEPENDENT
    for (int x = 0; x < width; ++x) columns[x] += entering[x];
  }
  if (leaving != nullptr) {
    FLUXEL_INDEPENDENT
    for (int x = 0; x < width; ++x) columns[x] -= leaving[x];
  }
}

inline std::int32_t across(const std::int32_t* c) {
  static_assert(assess_pixel::residual_radius == 2);
  return c[-2] + c[-1] + c[0] + c[1] + c[2];
}

void differs(const std::int32_t* HWY_RESTRICT sums, const std::int32_t* HWY_RESTRICT known, std::int32_t limit,
             int width, u8* HWY_RESTRICT flags) {
  // No difference reaches this: below it products fit 32 bits.
  constexpr std::int32_t most = 1 << 22;
  const std::int32_t at_most = limit < most ? limit : most;
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) flags[x] = 16 * across(sums + x) >= at_most * across(known + x);
}

/// Calls add(first, last) for pieces of a row whose sums fit 32 bits: 16 * 2^14 a pixel.
template <class Add>
inline void in_pieces(int width, const Add& add) {
  constexpr int piece = 4096;
  static_assert(16 * pair_histograms::differences < 1 << 18 && 16 * pair_histograms::levels < 1 << 18);
  for (int first = 0; first < width; first += piece) add(first, first + piece < width ? first + piece : width);
}

inline std::int32_t bin_of(const compared_row& row, int x) {
  constexpr std::int32_t most = pair_histograms::largest_difference;
  const std::int32_t d = std::int32_t{row.warped[x]} - row.prev[x];
  return most + (d < -most ? -most : d > most ? most : d);
}

void add_bins(const compared_row& row, int width, pair_sums& sums) {
  in_pieces(width, [&](int first, int last) {
    std::int32_t known = 0, difference = 0, pixels = 0, level = 0;
    for (int x = first; x < last; ++x) {
      const std::int32_t counts = row.reason[x] == 0 ? 1 : 0, seen = row.mask[x] == 0 ? 1 : 0;
      known += counts;
      difference += counts * bin_of(row, x);
      pixels += seen;
      level += seen * row.prev[x];
    }
    sums.known += known, sums.difference += difference;
    sums.pixels += pixels, sums.level += level;
  });
}

void add_deviations(const compared_row& row, std::int32_t mean_difference, std::int32_t mean_level, int width,
                    pair_sums& sums) {
  in_pieces(width, [&](int first, int last) {
    std::int32_t difference = 0, level = 0;
    for (int x = first; x < last; ++x) {
      const std::int32_t counts = row.reason[x] == 0 ? 1 : 0, seen = row.mask[x] == 0 ? 1 : 0;
      difference += counts * from_mean(bin_of(row, x), mean_difference);
      level += seen * from_mean(row.prev[x], mean_level);
    }
    sums.difference += difference, sums.level += level;
  });
}

void reasons(const assessed_row& row, const pair_limits& limits, int width, u8* HWY_RESTRICT to) {
  const float flat = limits.flat, aperture = limits.aperture;
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    u8 reason = row.differs[x] != 0 ? flow_residual : u8{0};
    reason = row.varies[x] != 0 ? flow_inconsistent : reason;
    reason = row.smaller[x] < aperture ? flow_aperture : reason;
    reason = row.larger[x] < flat ? flow_flat : reason;
    reason = row.reason[x] != 0 ? flow_outside : reason;
    to[x] = reason;
  }
  if (limits.cut != 0)
    for (int x = 0; x < width; ++x) to[x] = flow_cut;
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) to[x] = row.reason[x] == flow_masked ? flow_masked : to[x];
  if (row.prev_mask == nullptr) return;
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) to[x] = row.prev_mask[x] != 0 ? flow_masked : to[x];
}

}  // namespace

const flow_assess_functions* assess_functions() {
  static constexpr flow_assess_functions table{varies,   differences,    slide,  differs,
                                               add_bins, add_deviations, reasons};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_assess_functions, flow_assess_rows, assess_functions)
#endif
