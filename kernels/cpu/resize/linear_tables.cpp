// SPDX-License-Identifier: Apache-2.0
// Tables of types computed in 32-bit lanes, and of the scalar definition.

#include "kernels/cpu/resize/linear_tables.hpp"

#include <algorithm>
#include <bit>

#include "kernels/common/resize/lerp.hpp"
#include "kernels/cpu/resize/linear_windows.hpp"

namespace fluxel::kernels {

namespace {

std::uint32_t word_weight(element_type type, std::uint32_t fraction) {
  if (type == element_type::u16) return static_cast<std::uint32_t>(lerp<u16>::from_fraction(fraction));
  return std::bit_cast<std::uint32_t>(lerp<f32>::from_fraction(fraction));
}

class word_maker {
 public:
  word_maker(const row_geometry& g, element_type type, const word_layout& layout, table_memory& memory)
      : g_(g), layout_(layout), memory_(memory) {
    slots_ = (g.dst_elements() + layout.lanes - 1) / layout.lanes * layout.lanes;
    windows_ = slots_ / layout.lanes;
    tables_.channels = g.channels;
    tables_.low_zero_bits = g.low_zero_bits;
    tables_.addend = lerp<u16>::last_addend(g.rounding);
    tables_.src_elements = g.src_elements();
    tables_.dst_elements = g.dst_elements();
    const std::size_t width = g.x.size();
    memory.reset(2 * table_memory::room_for<std::int32_t>(width + 64) +
                 table_memory::room_for<std::int32_t>(windows_) +
                 2 * table_memory::room_for<std::int32_t>(slots_ + 64));
    auto* left = memory.take<std::int32_t>(width + 64);
    auto* weight = memory.take<std::int32_t>(width + 64);
    for (std::size_t i = 0; i < width; ++i) {
      left[i] = g.x[i].index * g.channels;
      weight[i] = static_cast<std::int32_t>(word_weight(type, g.x[i].fraction));
    }
    taps_ = {left, weight, static_cast<int>(width), g.channels};
    floats_ = type == element_type::f32;
  }

  linear_tables make() {
    const bool pixels = g_.channels == 3 || g_.channels == 4;
    if (pixels && layout_.pixels_first) return make_pixels();
    auto* start = memory_.take<std::int32_t>(windows_);
    const int longest = find_windows(taps_, layout_.lanes, windows_, start);
    const int windows = (longest + layout_.lanes - 1) / layout_.lanes;
    if (pixels && windows > layout_.good_windows) return make_pixels();
    const bool pairs = floats_ && g_.channels == 1 && windows > layout_.good_windows;
    const bool fits = windows <= layout_.most_windows && !pairs;
    tables_.source = pairs ? tap_source::pairs : fits ? tap_source::windows : tap_source::elements;
    if (!fits) std::fill_n(start, windows_, 0);
    if (fits)
      tables_.window = windows * layout_.lanes, keep_inside(start, windows_, tables_.src_elements, tables_.window);
    tables_.start = start;
    tables_.whole = whole_pixels(1);
    expand(start);
    return tables_;
  }

 private:
  /// Of so many leading pixels `read` elements from the right tap on lie in the row.
  int whole_pixels(int read) const {
    const auto is_whole = [&](std::int32_t left) { return left + g_.channels + read <= tables_.src_elements; };
    return static_cast<int>(std::find_if_not(taps_.left, taps_.left + taps_.width, is_whole) - taps_.left);
  }

  linear_tables make_pixels() {
    tables_.source = tap_source::pixels;
    tables_.whole = whole_pixels(4);
    tables_.left = taps_.left;
    tables_.weight = reinterpret_cast<const std::uint32_t*>(taps_.weight);
    return tables_;
  }

  /// Tables of elements from those of pixels.
  void expand(const std::int32_t* start) {
    auto* left = memory_.take<std::int32_t>(slots_ + 64);
    auto* weight = memory_.take<std::uint32_t>(slots_ + 64);
    for (std::size_t i = 0; i < windows_; ++i) {
      const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(i) * layout_.lanes;
      for_each_run(taps_, first, layout_.lanes, [&](int place, int pixel, int channel, int) {
        for (int k = 0; k < 4; ++k) {
          left[first + place + k] = taps_.left[pixel] + channel + k - start[i];
          weight[first + place + k] = static_cast<std::uint32_t>(taps_.weight[pixel]);
        }
      });
    }
    tables_.left = left;
    tables_.weight = weight;
  }

  const row_geometry& g_;
  const word_layout& layout_;
  table_memory& memory_;
  std::size_t slots_;
  std::size_t windows_;
  bool floats_;
  pixel_taps taps_{};
  linear_tables tables_;
};

}  // namespace

linear_tables make_word_tables(const row_geometry& g, element_type type, const word_layout& layout,
                               table_memory& memory) {
  return word_maker(g, type, layout, memory).make();
}

linear_tables make_scalar_tables(const row_geometry& g, table_memory& memory) {
  linear_tables t;
  t.source = tap_source::elements;
  t.channels = g.channels;
  t.low_zero_bits = g.low_zero_bits;
  t.biased = g.rounding == last_rounding::half_up_biased;
  t.src_elements = g.src_elements();
  t.dst_elements = g.dst_elements();
  memory.reset(2 * table_memory::room_for<std::int32_t>(g.x.size()));
  auto* index = memory.take<std::int32_t>(g.x.size());
  auto* fraction = memory.take<std::uint32_t>(g.x.size());
  for (std::size_t i = 0; i < g.x.size(); ++i) index[i] = g.x[i].index, fraction[i] = g.x[i].fraction;
  t.left = index;
  t.weight = fraction;
  return t;
}

}  // namespace fluxel::kernels
