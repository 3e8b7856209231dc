// SPDX-License-Identifier: Apache-2.0
// Corners on the CPU: the strongest and the peaks by rows, over lanes and threads; then the sorted peaks one after
// the other, each against the accepted corners in the cells around it.

#include "kernels/common/sparse/good_features.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "kernels/cpu/runtime/working_memory.hpp"
#include "kernels/cpu/sparse/good_features.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/sparse/good_features.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

#ifndef FLUXEL_FEATURE_ROWS
#define FLUXEL_FEATURE_ROWS
namespace fluxel::kernels {

struct feature_row_functions {
  /// The largest strength_bits of a row, at least 0; `mask` may be null.
  std::int32_t (*strongest)(const float* row, const u8* mask, int width);
  /// Keys of one row's peaks of at least `least`, whatever the mask.
  void (*peaks)(const plane<float>& strength, int y, float least, working_vector<std::uint64_t>& keys);
};

}  // namespace fluxel::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR
const feature_row_functions* feature_functions() { return nullptr; }  // the scalar functions run instead
#else

namespace {

namespace hn = hwy::HWY_NAMESPACE;

std::int32_t strongest(const float* row, const u8* mask, int width) {
  std::int32_t most = 0;
  if (mask == nullptr) {
    for (int x = 0; x < width; ++x) {
      const std::int32_t bits = strength_bits(row[x]);
      most = most < bits ? bits : most;
    }
    return most;
  }
  for (int x = 0; x < width; ++x) {
    const std::int32_t bits = mask[x] != 0 ? strength_bits(row[x]) : 0;
    most = most < bits ? bits : most;
  }
  return most;
}

void add_peak(const plane<float>& p, int x, int y, float least, working_vector<std::uint64_t>& keys) {
  const float s = p.data[y * p.pitch + x];
  if (s > 0 && s >= least && is_peak(p, x, y))
    keys.push_back(feature_key(s, static_cast<std::uint32_t>(y) * p.width + x));
}

void peaks(const plane<float>& p, int y, float least, working_vector<std::uint64_t>& keys) {
  const hn::ScalableTag<float> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const float* row = p.data + y * p.pitch;
  const auto zero = hn::Zero(d), enough = hn::Set(d, least);
  int x = 0;
  if (y > 0 && y + 1 < p.height && p.width > 2) {
    add_peak(p, x++, y, least, keys);
    for (; x + lanes < p.width; x += lanes) {
      const auto s = hn::LoadU(d, row + x);
      auto peak = hn::And(hn::Gt(s, zero), hn::Ge(s, enough));
      if (hn::AllFalse(d, peak)) continue;
      auto earlier = [&](const float* other) HWY_ATTR { peak = hn::And(peak, hn::Gt(s, hn::LoadU(d, other + x))); };
      auto later = [&](const float* other) HWY_ATTR { peak = hn::And(peak, hn::Ge(s, hn::LoadU(d, other + x))); };
      earlier(row - 1);
      later(row + 1);
      for (int i = -1; i <= 1; ++i) earlier(row - p.pitch + i);
      for (int i = -1; i <= 1; ++i) later(row + p.pitch + i);
      std::uint8_t bits[8] = {};  // up to 64 lanes
      hn::StoreMaskBits(d, peak, bits);
      std::uint64_t left = 0;
      std::memcpy(&left, bits, sizeof(left));
      for (; left != 0; left &= left - 1) add_peak(p, x + std::countr_zero(left), y, least, keys);
    }
  }
  for (; x < p.width; ++x) add_peak(p, x, y, least, keys);
}

}  // namespace

const feature_row_functions* feature_functions() {
  static constexpr feature_row_functions table{strongest, peaks};
  return &table;
}

#endif
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <mutex>

#include "kernels/common/flow/equation.hpp"
#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

FLUXEL_TABLE_OF_TARGET(feature_row_functions, feature_rows, feature_functions)

namespace fluxel::kernels {

namespace {

const u8* mask_row(const feature_search& s, int y) { return s.mask.data == nullptr ? nullptr : row_at(s.mask, 0, y); }

void mark_unknown(const feature_search& s, const launch_options& launch) {
  if (s.unknown.data == nullptr) return;
  const int width = s.strength.width, height = s.strength.height, reach = s.unknown_reach;
  for_bands(s.strength, launch, [&](int, int first, int last) {
    for (int v = std::max(first - reach, 0); v < std::min(last + reach, height); ++v) {
      const u8* unknown = row_at(s.unknown, 0, v);
      for (int u = 0; u < width; ++u) {
        if (unknown[u] == 0) continue;
        for (int y = std::max(v - reach, first); y <= std::min(v + reach, last - 1); ++y)
          std::fill(row_at(s.strength, 0, y) + std::max(u - reach, 0),
                    row_at(s.strength, 0, y) + std::min(u + reach, width - 1) + 1, unknown_strength);
      }
    }
  });
}

float weakest_accepted(const feature_search& s, const launch_options& launch) {
  const auto& rows = feature_rows();
  std::mutex turn;
  std::int32_t strongest = 0;
  for_bands(s.strength, launch, [&](int, int first, int last) {
    std::int32_t most = 0;
    for (int y = first; y < last; ++y)
      most = std::max(most, rows.strongest(row_at(s.strength, 0, y), mask_row(s, y), s.strength.width));
    const std::lock_guard lock(turn);
    strongest = std::max(strongest, most);
  });
  return s.quality * float_from_bits(static_cast<std::uint32_t>(strongest));
}

working_vector<std::uint64_t> sorted_peaks(const feature_search& s, const launch_options& launch) {
  const auto& rows = feature_rows();
  const float least = weakest_accepted(s, launch);
  std::mutex turn;
  working_vector<std::uint64_t> keys;  // bands arrive in any order: keys are unique, and sorted
  for_bands(s.strength, launch, [&](int, int first, int last) {
    working_vector<std::uint64_t> band;
    for (int y = first; y < last; ++y) rows.peaks(s.strength, y, least, band);
    const std::lock_guard lock(turn);
    keys.insert(keys.end(), band.begin(), band.end());
  });
  if (s.mask.data != nullptr)
    std::erase_if(keys, [&](std::uint64_t key) {
      const std::uint32_t i = key_index(key), width = static_cast<std::uint32_t>(s.mask.width);
      return mask_row(s, static_cast<int>(i / width))[i % width] == 0;
    });
  std::sort(keys.begin(), keys.end());
  return keys;
}

/// Accepted corners by cells, whose side no two corners of one quarter fit into.
class corner_grid {
 public:
  explicit corner_grid(const feature_search& s)
      : cell_(s.cell),
        distance_squared_(s.distance_squared),
        width_((s.strength.width - 1) / cell_ + 1),
        height_((s.strength.height - 1) / cell_ + 1),
        cells_(crowded() ? std::size_t(width_) * height_ : 0) {}

  bool near(int x, int y) const {
    if (!crowded()) return false;
    for (int v = std::max(y / cell_ - 1, 0); v <= std::min(y / cell_ + 1, height_ - 1); ++v)
      for (int u = std::max(x / cell_ - 1, 0); u <= std::min(x / cell_ + 1, width_ - 1); ++u)
        for (const corner& c : cells_[std::size_t(v) * width_ + u].corners)
          if (c.taken && too_near(x, y, c.x, c.y, distance_squared_)) return true;
    return false;
  }
  void add(int x, int y) {
    if (!crowded()) return;
    auto& corners = cells_[std::size_t(y / cell_) * width_ + x / cell_].corners;
    *std::find_if(corners, corners + corners_per_cell, [](const corner& c) { return !c.taken; }) = {x, y, true};
  }

 private:
  struct corner {
    int x = 0, y = 0;
    bool taken = false;
  };
  struct cell {
    corner corners[corners_per_cell];
  };
  /// Two pixels are never nearer than 1.
  bool crowded() const { return distance_squared_ > 1; }

  int cell_, distance_squared_, width_, height_;
  working_vector<cell> cells_;
};

}  // namespace

status find_features_with_lanes(const feature_search& s, const feature_list& list, void*,
                                const launch_options& launch) {
  mark_unknown(s, launch);
  corner_grid accepted(s);
  int count = 0;
  for (const std::uint64_t key : sorted_peaks(s, launch)) {
    if (count == s.max_count) break;
    const int x = static_cast<int>(key_index(key) % s.strength.width);
    const int y = static_cast<int>(key_index(key) / s.strength.width);
    if (accepted.near(x, y)) continue;
    accepted.add(x, y);
    list.points[count] = {static_cast<float>(x), static_cast<float>(y)};
    if (list.strength != nullptr) list.strength[count] = key_strength(key);
    ++count;
  }
  std::fill(list.points + count, list.points + s.max_count, point{});
  if (list.strength != nullptr) std::fill(list.strength + count, list.strength + s.max_count, 0.0f);
  *list.count = count;
  return status::ok;
}

}  // namespace fluxel::kernels
#endif
