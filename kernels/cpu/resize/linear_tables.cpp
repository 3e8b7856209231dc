// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/resize/linear_tables.hpp"

#include <algorithm>
#include <bit>

#include "kernels/common/resize/lerp.hpp"

namespace fluxel::kernels {

namespace {

/// The taps of every output element, and of a few more so that blocks are whole.
struct tap_list {
  std::vector<std::int32_t> left, right, weight;
  std::ptrdiff_t src_elements;
};

template <class WeightOf>
tap_list list_taps(const row_geometry& g, int block, WeightOf&& weight_of) {
  const auto elements = static_cast<std::size_t>(g.dst_elements());
  const std::size_t slots = (elements + block - 1) / block * block;
  tap_list taps{std::vector<std::int32_t>(slots), std::vector<std::int32_t>(slots), std::vector<std::int32_t>(slots),
                g.src_elements()};
  std::size_t e = 0;
  for (const position& p : g.x) {
    const std::int32_t weight = weight_of(p.fraction);
    const std::int32_t left = p.index * g.channels;
    const std::int32_t right = weight == 0 ? left : left + g.channels;
    for (int c = 0; c < g.channels; ++c, ++e) {
      taps.left[e] = left + c;
      taps.right[e] = right + c;
      taps.weight[e] = weight;
    }
  }
  for (; e < slots; ++e) {
    taps.left[e] = taps.left[elements - 1];
    taps.right[e] = taps.right[elements - 1];
    taps.weight[e] = taps.weight[elements - 1];
  }
  return taps;
}

/// Windows of one size for groups of adjacent outputs.
struct window_plan {
  std::int32_t longest = 0;  ///< what the groups need
  aligned_vector<std::int32_t> start;
  std::ptrdiff_t src_elements = 0;

  window_plan(const tap_list& taps, int group) : start(taps.left.size() / group), src_elements(taps.src_elements) {
    for (std::size_t i = 0; i < start.size(); ++i) {
      const std::int32_t* left = taps.left.data() + i * group;
      const std::int32_t* right = taps.right.data() + i * group;
      std::int32_t low = left[0];
      std::int32_t high = right[0];
      for (int k = 1; k < group; ++k) {
        low = std::min(low, left[k]);
        high = std::max(high, right[k]);
      }
      start[i] = low;
      longest = std::max(longest, high - low + 1);
    }
  }

  /// The size in whole units, or 0 when it exceeds `most`. Moves windows that would leave the row.
  int fit(int unit, int most) {
    const int size = (longest + unit - 1) / unit * unit;
    if (size > most) return 0;
    const auto last = static_cast<std::int32_t>(std::max<std::ptrdiff_t>(src_elements - size, 0));
    for (auto& s : start) s = std::min(s, last);
    return size;
  }
};

/// Calls f(slot, element, window) for every output in the order of the layout.
template <class F>
void for_each_slot(const byte_layout& layout, std::size_t slots, F&& f) {
  const std::size_t half = 8 * layout.lanes;
  std::size_t slot = 0;
  for (std::size_t block = 0; block < slots / (2 * half); ++block)
    for (std::size_t vector = 0; vector < 2; ++vector)
      for (int lane = 0; lane < layout.lanes; ++lane) {
        const std::size_t group = block * 2 * layout.lanes + 2 * lane + vector;
        for (int j = 0; j < 8; ++j, ++slot) f(slot, 8 * group + j, layout.one_window ? block : slot / 8);
      }
}

void fill_taps(byte_tables_storage& t, const tap_list& taps, const byte_layout& layout) {
  const std::size_t slots = taps.left.size();
  const std::size_t parts = std::max(t.window / 128, 1);
  if (parts > 1) t.mask.assign(slots / 32 * parts, 0);
  t.taps.resize(2 * slots);
  for_each_slot(layout, slots, [&](std::size_t slot, std::size_t e, std::size_t window) {
    const std::int32_t at[2] = {taps.left[e] - t.start[window], taps.right[e] - t.start[window]};
    for (std::size_t k = 0; k < 2; ++k) {
      const std::size_t s = 2 * slot + k;
      t.taps[s] = static_cast<std::uint8_t>(at[k] & 127);
      if (parts > 1) t.mask[(s / 128 * parts + at[k] / 128) * 2 + s / 64 % 2] |= std::uint64_t{1} << s % 64;
    }
  });
}

/// Windows of lanes are found in the order of elements and used in the order of slots.
void reorder_windows(const byte_layout& layout, const window_plan& plan, aligned_vector<std::int32_t>& start) {
  start.resize(plan.start.size());
  for_each_slot(layout, plan.start.size() * 8,
                [&](std::size_t slot, std::size_t e, std::size_t) { start[slot / 8] = plan.start[e / 8]; });
}

}  // namespace

byte_tables_storage make_byte_tables(const row_geometry& g, const byte_layout& layout) {
  const int block = 16 * layout.lanes;
  auto taps = list_taps(g, block, [](std::uint32_t fraction) { return lerp<u8>::from_fraction(fraction); });
  for (std::size_t e = 0; e < taps.left.size(); ++e)
    if (taps.weight[e] == 1 << 15) taps.left[e] = taps.right[e], taps.weight[e] = 0;

  byte_tables_storage t;
  const std::size_t slots = taps.left.size();
  t.side.resize(2 * slots);
  t.weight.resize(slots);
  for_each_slot(layout, slots, [&](std::size_t slot, std::size_t e, std::size_t) {
    const int right = taps.weight[e] >= 1 << 14 ? 1 : 0;
    t.side[2 * slot] = static_cast<std::uint8_t>(2 * slot % 16 + right);
    t.side[2 * slot + 1] = 0x80;
    t.weight[slot] = static_cast<std::int16_t>(static_cast<std::uint16_t>(2 * taps.weight[e]));
  });
  window_plan windows(taps, layout.one_window ? block : 8);
  t.window = layout.one_window ? windows.fit(64, 64) : windows.fit(16, 32);
  if (t.window == 0 && layout.one_window) t.window = windows.fit(128, largest_window);
  if (t.window == 0) {
    t.left.resize(slots);
    t.right.resize(slots);
    for_each_slot(layout, slots, [&](std::size_t slot, std::size_t e, std::size_t) {
      t.left[slot] = taps.left[e];
      t.right[slot] = taps.right[e];
    });
    return t;
  }
  if (layout.one_window)
    t.start = std::move(windows.start);
  else
    reorder_windows(layout, windows, t.start);
  fill_taps(t, taps, layout);
  return t;
}

word_tables_storage make_word_tables(const row_geometry& g, element_type type, int lanes, int most_windows) {
  const auto taps = list_taps(g, lanes, [&](std::uint32_t fraction) {
    if (type == element_type::u16) return lerp<u16>::from_fraction(fraction);
    return std::bit_cast<std::int32_t>(lerp<f32>::from_fraction(fraction));
  });
  word_tables_storage t;
  t.shape = {.channels = g.channels,
             .low_zero_bits = g.low_zero_bits,
             .rounding = lerp<u16>::last_addend(g.rounding),
             .src_elements = g.src_elements()};
  const auto is_whole = [&](std::int32_t left) { return left + g.channels < g.src_elements(); };
  t.shape.whole =
      static_cast<int>(std::find_if_not(taps.left.begin(), taps.left.end(), is_whole) - taps.left.begin());
  t.weight.assign(taps.weight.begin(), taps.weight.end());
  t.index.assign(taps.left.begin(), taps.left.end());
  window_plan windows(taps, lanes);
  t.shape.window = windows.fit(lanes, most_windows * lanes);
  if (t.shape.window == 0) return t;
  t.start = std::move(windows.start);
  for (std::size_t i = 0; i < t.index.size(); ++i) t.index[i] -= t.start[i / lanes];
  return t;
}

}  // namespace fluxel::kernels
