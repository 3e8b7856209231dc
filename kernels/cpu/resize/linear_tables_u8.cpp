// SPDX-License-Identifier: Apache-2.0
// Tables of bytes.

#include <algorithm>
#include <cstring>

#include "kernels/common/resize/lerp.hpp"
#include "kernels/cpu/resize/linear_tables.hpp"
#include "kernels/cpu/resize/linear_windows.hpp"

namespace fluxel::kernels {

namespace {

constexpr std::uint64_t every_byte = 0x0101010101010101;
constexpr std::uint64_t every_word = 0x0001000100010001;

void put(void* to, std::uint64_t eight_bytes) { std::memcpy(to, &eight_bytes, sizeof eight_bytes); }

/// Weights of a pixel, for four elements.
struct byte_weights {
  std::uint64_t coarse, fine;
  byte_weights(std::int32_t w, bool dyadic, bool whole) {
    const std::int32_t h = (w + 128) >> 8;
    const std::int32_t l = w - 256 * h;
    std::int32_t a = h - 128;
    std::int32_t b = -h;
    if (dyadic) a = h == 0 ? 64 : -a, b = h == 0 ? 64 : h;  // 128 does not fit; both taps are the same one
    coarse = (static_cast<std::uint8_t>(a) | std::uint64_t{static_cast<std::uint8_t>(b)} << 8) * every_word;
    fine = static_cast<std::uint16_t>(whole ? w : 2 * l) * every_word;
  }
};

/// Tables of bytes while they are made: groups in the order of the layout.
class byte_maker {
 public:
  byte_maker(const row_geometry& g, const byte_layout& layout, table_memory& memory)
      : g_(g), layout_(layout), memory_(memory) {
    const std::ptrdiff_t block = 2 * layout.vector;
    slots_ = (g.dst_elements() + block - 1) / block * block;
    group_ = layout.group;
    groups_ = slots_ / group_;
    tables_.channels = g.channels;
    tables_.src_elements = g.src_elements();
    tables_.dst_elements = g.dst_elements();
    tables_.biased = g.rounding == last_rounding::half_up_biased;
    const std::size_t width = g.x.size();
    memory.reset(2 * table_memory::room_for<std::int32_t>(width + 64) +
                 table_memory::room_for<std::int32_t>(groups_) * 2 +
                 3 * table_memory::room_for<std::uint8_t>(2 * slots_ + slack) +
                 table_memory::room_for<std::int16_t>(slots_ + slack) +
                 table_memory::room_for<std::uint64_t>(slots_ / block * layout.longest_window / 64));
    find_taps();
  }

  linear_tables make() {
    auto* start = memory_.take<std::int32_t>(groups_);
    const int longest = find_windows(taps_, group_, groups_, start);
    tables_.source = tap_source::windows;
    tables_.window = (longest + layout_.unit - 1) / layout_.unit * layout_.unit;
    if (tables_.window > 2 * layout_.unit && !fits_longer(start)) return make_pairs();
    keep_inside(start, groups_, tables_.src_elements, tables_.window);
    fill_taps(start);
    fill_weights();
    tables_.start = ordered(start);
    return tables_;
  }

 private:
  static constexpr int most_group = 64;
  static constexpr int slack = 64;  // stores of eight bytes may pass the end

  void find_taps() {
    auto* left = memory_.take<std::int32_t>(g_.x.size() + 64);
    auto* weight = memory_.take<std::int32_t>(g_.x.size() + 64);
    std::int32_t fine = 0;
    for (std::size_t i = 0; i < g_.x.size(); ++i) {
      std::int32_t w = lerp<u8>::from_fraction(g_.x[i].fraction);
      std::int32_t index = g_.x[i].index;
      if (w == 1 << 15) ++index, w = 0;
      left[i] = index * g_.channels;
      weight[i] = w;
      fine |= w;
    }
    taps_ = {left, weight, static_cast<int>(g_.x.size()), g_.channels};
    tables_.dyadic = !layout_.whole_weights && (fine & 255) == 0;
    tables_.left = left;
  }

  /// One window for both vectors of each block, of pairs of units.
  bool fits_longer(std::int32_t* start) {
    group_ = 2 * layout_.vector;
    groups_ = slots_ / group_;
    const int longest = find_windows(taps_, group_, groups_, start);
    const int two = 2 * layout_.unit;
    tables_.window = (longest + two - 1) / two * two;
    return tables_.window <= layout_.longest_window;
  }

  /// Where group i of the row lies in the tables.
  std::size_t slot_of(std::size_t i) const {
    if (group_ > layout_.vector) return i;
    const std::size_t per_vector = layout_.vector / group_;
    const std::size_t per_block = 2 * per_vector;
    const std::size_t k = i % per_block;
    return i - k + k % 2 * per_vector + k / 2;
  }

  const std::int32_t* ordered(const std::int32_t* start) {
    auto* result = memory_.take<std::int32_t>(groups_);
    for (std::size_t i = 0; i < groups_; ++i) result[slot_of(i)] = start[i];
    return result;
  }

  void fill_taps(const std::int32_t* start) {
    const std::size_t bytes = 2 * static_cast<std::size_t>(group_);
    const bool lanes_of_16 = layout_.unit == 16;
    auto* taps = memory_.take<std::uint8_t>(2 * slots_ + slack);
    auto* more = memory_.take<std::uint8_t>(2 * slots_ + slack);
    std::uint64_t pattern = 0;  // pairs (k, k + channels)
    std::uint64_t same = 0;     // pairs (k, k), where the weight is 0
    for (std::uint64_t k = 0; k < 4; ++k) {
      pattern |= (k | ((k + g_.channels) & 255) << 8) << (16 * k);
      same |= (k | k << 8) << (16 * k);
    }
    for (std::size_t i = 0; i < groups_; ++i) {
      std::uint8_t at[2 * most_group + slack];
      for_each_run(taps_, i * group_, group_, [&](int place, int pixel, int channel, int) {
        const auto first = static_cast<std::uint8_t>(taps_.left[pixel] + channel - start[i]);
        put(at + 2 * place, add_bytes(first * every_byte, taps_.weight[pixel] == 0 ? same : pattern));
      });
      const std::size_t slot = slot_of(i) * bytes;
      if (lanes_of_16)
        split_lanes(at, bytes, taps + slot, more + slot);
      else
        std::memcpy(taps + slot, at, bytes);
    }
    tables_.taps = taps;
    tables_.more_taps = more;
    if (tables_.window > 2 * layout_.unit) fill_parts(start);
  }

  static std::uint64_t add_bytes(std::uint64_t a, std::uint64_t b) {
    constexpr std::uint64_t low = 0x7f7f7f7f7f7f7f7f;
    return ((a & low) + (b & low)) ^ ((a ^ b) & ~low);
  }

  /// Indices below 32 -> those of the first 16 bytes and of the next; 0x80 in the other.
  static void split_lanes(const std::uint8_t* at, std::size_t bytes, std::uint8_t* first, std::uint8_t* next) {
    constexpr std::uint64_t sixteen = 16 * every_byte;
    for (std::size_t k = 0; k < bytes; k += 8) {
      std::uint64_t a;
      std::memcpy(&a, at + k, sizeof a);
      const std::uint64_t b = a ^ sixteen;
      put(first + k, a | (a & sixteen) << 3);
      put(next + k, b | (b & sixteen) << 3);
    }
  }

  /// For each block, 128 bytes and vector, which taps lie in them.
  void fill_parts(const std::int32_t* start) {
    const std::size_t parts = tables_.window / 128;
    auto* mask = memory_.take<std::uint64_t>(2 * groups_ * parts);
    std::fill_n(mask, 2 * groups_ * parts, 0);
    for (std::size_t i = 0; i < groups_; ++i)
      for_each_run(taps_, i * group_, group_, [&](int place, int pixel, int channel, int count) {
        for (int k = 0; k < count && place + k < group_; ++k) {
          const std::int32_t left = taps_.left[pixel] + channel + k - start[i];
          const std::int32_t right = taps_.right_of(pixel) + channel + k - start[i];
          const int vector = (place + k) / layout_.vector;
          const int bit = 2 * (place + k) % 64;
          mask[(i * parts + left / 128) * 2 + vector] |= std::uint64_t{1} << bit;
          mask[(i * parts + right / 128) * 2 + vector] |= std::uint64_t{2} << bit;
        }
      });
    tables_.parts = mask;
  }

  void fill_weights() {
    auto* coarse = memory_.take<std::int8_t>(2 * slots_ + slack);
    auto* fine = memory_.take<std::int16_t>(slots_ + slack);
    const int group = group_;
    for (std::size_t i = 0; i < groups_; ++i) {
      std::int8_t c[2 * most_group + slack];
      std::int16_t f[most_group + slack];
      for_each_run(taps_, i * group, group, [&](int place, int pixel, int, int) {
        const byte_weights w(taps_.weight[pixel], tables_.dyadic, layout_.whole_weights);
        put(c + 2 * place, w.coarse);
        put(f + place, w.fine);
      });
      const std::size_t slot = tables_.source == tap_source::windows ? slot_of(i) * group : i * group;
      std::memcpy(coarse + 2 * slot, c, 2 * group);
      std::memcpy(fine + slot, f, 2 * group);
    }
    tables_.coarse = coarse;
    tables_.fine = fine;
  }

  linear_tables make_pairs() {
    tables_.source = tap_source::pairs;
    tables_.dyadic = false;
    const int read = g_.channels == 3 ? 8 : 2 * g_.channels;  // bytes at a pixel
    const auto is_whole = [&](std::int32_t left) { return left + read <= tables_.src_elements; };
    const auto* end = std::find_if_not(taps_.left, taps_.left + taps_.width, is_whole);
    tables_.whole = static_cast<int>(end - taps_.left);
    fill_weights();
    return tables_;
  }

  const row_geometry& g_;
  const byte_layout& layout_;
  table_memory& memory_;
  std::ptrdiff_t slots_;
  int group_;  ///< outputs of a window
  std::size_t groups_;
  pixel_taps taps_{};
  linear_tables tables_;
};

}  // namespace

linear_tables make_byte_tables(const row_geometry& g, const byte_layout& layout, table_memory& memory) {
  return byte_maker(g, layout, memory).make();
}

}  // namespace fluxel::kernels
