#include "kernels/cpu/linear_tables.hpp"

#include <algorithm>
#include <bit>

#include "kernels/common/lerp.hpp"

namespace fluxel::kernels {

namespace {

struct byte_tap {
  std::int32_t left;
  std::int32_t right;
  std::int32_t weight;
};

byte_tap byte_tap_of(const row_geometry& g, std::ptrdiff_t element) {
  element = std::min(element, g.dst_elements() - 1);
  const position p = g.x[element / g.channels];
  const auto left = static_cast<std::int32_t>(p.index * g.channels + element % g.channels);
  const auto right = p.index + 1 < g.src_width ? left + g.channels : left;
  const auto weight = lerp<u8>::from_fraction(p.fraction);
  if (weight == 1 << 15) return {right, right, 0};
  return {left, right, weight};
}

/// The taps in the order of the layout: element of slot s.
std::ptrdiff_t element_of_slot(const byte_layout& layout, std::ptrdiff_t slot) {
  const int half = 8 * layout.lanes;
  const std::ptrdiff_t block = slot / (2 * half);
  const int in_block = static_cast<int>(slot % (2 * half));
  const int vector = in_block / half;
  const int lane = in_block % half / 8;
  return block * 2 * half + 16 * lane + 8 * vector + in_block % 8;
}

struct window_plan {
  int size;
  std::vector<std::int32_t> start;
};

/// The smallest windows that hold the taps of each group of slots.
template <class Tap>
window_plan plan_windows(const std::vector<Tap>& taps, int group, int unit, int most, std::ptrdiff_t src_elements) {
  window_plan plan{0, std::vector<std::int32_t>(taps.size() / group)};
  std::int32_t longest = 0;
  for (std::size_t i = 0; i < plan.start.size(); ++i) {
    std::int32_t low = taps[i * group].left;
    std::int32_t high = low;
    for (int k = 0; k < group; ++k) {
      low = std::min(low, taps[i * group + k].left);
      high = std::max(high, taps[i * group + k].right);
    }
    plan.start[i] = low;
    longest = std::max(longest, high - low + 1);
  }
  const std::int32_t size = (longest + unit - 1) / unit * unit;
  if (size > most) return plan;
  plan.size = size;
  const auto last = static_cast<std::int32_t>(std::max<std::ptrdiff_t>(src_elements - size, 0));
  for (auto& s : plan.start) s = std::min(s, last);
  return plan;
}

void fill_windowed(byte_tables_storage& t, const std::vector<byte_tap>& taps, int group) {
  const int parts = std::max(t.window / 128, 1);
  const std::size_t words = 2 * taps.size() / 64;  // 64 taps for each mask
  if (parts > 1) t.mask.assign(words * parts, 0);
  t.taps.resize(2 * taps.size());
  for (std::size_t s = 0; s < 2 * taps.size(); ++s) {
    const auto& tap = taps[s / 2];
    const int at = (s % 2 == 0 ? tap.left : tap.right) - t.start[s / 2 / group];
    t.taps[s] = static_cast<std::uint8_t>(at % 128);
    if (parts > 1) t.mask[(s / 128 * parts + at / 128) * 2 + s / 64 % 2] |= std::uint64_t{1} << s % 64;
  }
}

}  // namespace

byte_tables_storage make_byte_tables(const row_geometry& g, const byte_layout& layout) {
  const int block = 16 * layout.lanes;
  const std::ptrdiff_t slots = (g.dst_elements() + block - 1) / block * block;
  std::vector<byte_tap> taps(slots);
  for (std::ptrdiff_t s = 0; s < slots; ++s) taps[s] = byte_tap_of(g, element_of_slot(layout, s));

  byte_tables_storage t;
  t.side.resize(2 * slots);
  t.weight.resize(slots);
  for (std::ptrdiff_t s = 0; s < slots; ++s) {
    const int right = taps[s].weight >= 1 << 14 ? 1 : 0;
    t.side[2 * s] = static_cast<std::uint8_t>(2 * s % 16 + right);
    t.side[2 * s + 1] = 0x80;
    t.weight[s] = static_cast<std::int16_t>(static_cast<std::uint16_t>(2 * taps[s].weight));
  }
  const int group = layout.one_window ? block : 8;
  auto windows = layout.one_window ? plan_windows(taps, group, 64, 64, g.src_elements())
                                   : plan_windows(taps, group, 16, 16, g.src_elements());
  if (windows.size == 0 && layout.one_window)
    windows = plan_windows(taps, group, 128, largest_window, g.src_elements());
  if (windows.size == 0) {
    for (const auto& tap : taps) t.left.push_back(tap.left), t.right.push_back(tap.right);
    return t;
  }
  t.window = windows.size;
  t.start.assign(windows.start.begin(), windows.start.end());
  fill_windowed(t, taps, group);
  return t;
}

word_tables_storage make_word_tables(const row_geometry& g, element_type type, int lanes, int most_windows) {
  const std::ptrdiff_t slots = (g.dst_elements() + lanes - 1) / lanes * lanes;
  std::vector<byte_tap> taps(slots);
  word_tables_storage t;
  t.shape = {.channels = g.channels, .low_zero_bits = g.low_zero_bits};
  t.weight.resize(slots);
  t.index.resize(slots);
  for (std::ptrdiff_t s = 0; s < slots; ++s) {
    const auto element = std::min(s, g.dst_elements() - 1);
    const position p = g.x[element / g.channels];
    const auto left = static_cast<std::int32_t>(p.index * g.channels + element % g.channels);
    if (type == element_type::u16)
      t.weight[s] = static_cast<std::uint32_t>(lerp<u16>::from_fraction(p.fraction));
    else
      t.weight[s] = std::bit_cast<std::uint32_t>(lerp<f32>::from_fraction(p.fraction));
    taps[s] = {left, t.weight[s] == 0 ? left : left + g.channels, 0};
  }
  auto windows = plan_windows(taps, lanes, lanes, lanes, g.src_elements());
  if (windows.size == 0) windows = plan_windows(taps, lanes, 2 * lanes, most_windows * lanes, g.src_elements());
  t.shape.window = windows.size;
  if (windows.size != 0) t.start.assign(windows.start.begin(), windows.start.end());
  for (std::ptrdiff_t s = 0; s < slots; ++s) t.index[s] = taps[s].left - (windows.size != 0 ? t.start[s / lanes] : 0);
  return t;
}

}  // namespace fluxel::kernels
