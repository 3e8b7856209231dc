// SPDX-License-Identifier: Apache-2.0
// The tables of tiled filters: the layout of weights that each kernel wants, and tiles whose shared memory lets
// several blocks live on a multiprocessor.

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <vector>

#include "kernels/cuda/resize/filtered_tiles.cuh"
#include "kernels/cuda/resize/resize.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int most_shared = 47 * 1024;      ///< what a block gets without asking
constexpr int pleasant_shared = 30 * 1024;  ///< seven blocks of a multiprocessor
constexpr int enough_tiles = 800;           ///< six blocks for each multiprocessor of the largest GPUs

using table = std::vector<std::int32_t>;

table bits_of(const filter_axis& a, bool integer) {
  if (integer) return a.integer;
  table bits;
  for (const float w : a.weight) bits.push_back(std::bit_cast<std::int32_t>(w));
  return bits;
}

/// The smallest index that each group of `count` outputs reads, and the most pixels that a group reads. Tables need
/// not ascend: a window whose outer weights are 0 is shorter than its neighbours.
struct groups {
  table begin;
  int span = 0;
  groups(const filter_axis& a, int count) {
    for (int i = 0; i < a.dst_size; i += count) {
      const auto from = a.first.begin() + i, to = a.first.begin() + std::min(i + count, a.dst_size);
      begin.push_back(*std::min_element(from, to));
      span = std::max(span, *std::max_element(from, to) + a.taps - begin.back());
    }
  }
};

table by_tap(const table& weights, int taps) {
  table t(weights.size());
  const std::size_t outputs = weights.size() / static_cast<std::size_t>(taps);
  for (std::size_t i = 0; i < outputs; ++i)
    for (int k = 0; k < taps; ++k) t[k * outputs + i] = weights[i * taps + k];
  return t;
}

/// As above, for `pixels` outputs at a time; the last ones are filled up with zeros.
table by_tile(const table& weights, int taps, int pixels) {
  const std::size_t outputs = weights.size() / static_cast<std::size_t>(taps);
  table t((outputs + pixels - 1) / pixels * pixels * taps);
  for (std::size_t i = 0; i < outputs; ++i)
    for (int k = 0; k < taps; ++k) t[(i / pixels * taps + k) * pixels + i % pixels] = weights[i * taps + k];
  return t;
}

/// Two neighbouring taps in one word, as dp2a takes them.
table in_pairs(const table& weights, int taps) {
  const int words = (taps + 1) / 2;
  const std::size_t outputs = weights.size() / static_cast<std::size_t>(taps);
  table t(outputs * words);
  for (std::size_t i = 0; i < outputs; ++i)
    for (int k = 0; k < taps; ++k) {
      const auto half = static_cast<std::uint32_t>(weights[i * taps + k] & 0xffff) << (k % 2 * 16);
      auto& word = t[i * words + k / 2];
      word = static_cast<std::int32_t>(static_cast<std::uint32_t>(word) | half);
    }
  return t;
}

/// Of every two output rows: the source rows that either reads, each with its two weights; then from where and how
/// many.
std::vector<int2> blends_of(const filter_axis& y, const table& weights, int& most) {
  const int pairs = divide_up(y.dst_size, 2);
  most = 0;
  auto second = [&](int q) { return std::min(2 * q + 1, y.dst_size - 1); };
  for (int q = 0; q < pairs; ++q) most = std::max(most, std::abs(y.first[2 * q] - y.first[second(q)]) + y.taps);
  std::vector<int2> t(static_cast<std::size_t>(pairs) * (most + 1));
  for (int q = 0; q < pairs; ++q) {
    const int row[2] = {2 * q, second(q)};
    const int low = std::min(y.first[row[0]], y.first[row[1]]);
    const int high = std::max(y.first[row[0]], y.first[row[1]]) + y.taps;
    for (int h = 0; h < 2; ++h)
      for (int k = 0; k < y.taps; ++k) {
        int2& blend = t[static_cast<std::size_t>(q) * most + (y.first[row[h]] - low + k)];
        (h == 0 ? blend.x : blend.y) = weights[static_cast<std::size_t>(row[h]) * y.taps + k];
      }
    t[static_cast<std::size_t>(pairs) * most + q] = {low, high - low};
  }
  return t;
}

/// Whether sum(|weight|) * pixel, rounded, stays below 2^31 for every output.
bool fits_narrow(const filter_axis& a, int drop, std::int64_t most_pixel) {
  for (std::size_t i = 0; i < a.integer.size(); i += a.taps) {
    std::int64_t sum = 0;
    for (int k = 0; k < a.taps; ++k) sum += std::abs(std::int64_t{a.integer[i + k]});
    if (sum * most_pixel + (std::int64_t{1} << drop) > 0x7fffffff) return false;
  }
  return true;
}

struct tile_size {
  int pixels, rows;
};

struct resized {
  const filtered_recipe& filter;
  element_type type;
  int channels;
  int element_bytes;
};

int reduce_shared(tiled_filter& f, const resized& r, tile_size size) {
  f.pixels_log2 = std::countr_zero(static_cast<unsigned>(size.pixels));
  f.rows = size.rows;
  const std::int64_t bytes = std::int64_t{groups(r.filter.x, size.pixels).span} * r.channels * r.element_bytes + 15;
  if (bytes > most_shared) return 0;
  f.shape = {static_cast<int>(bytes), 0};
  const reduce_layout at(f, r.channels, r.element_bytes, r.element_bytes == 1 ? 2 : 4);
  return at.end <= most_shared ? at.end : 0;
}

/// Every tile of a reduction that leaves room for several blocks on a multiprocessor, the largest first; and one of
/// the smallest that fit at all.
std::vector<sized_filter> reduce_tiles(const tiled_filter& filter, const resized& r) {
  // As many blocks on a multiprocessor as their registers allow: four of floats, eight of integers.
  constexpr tile_size sizes[] = {{64, 16}, {64, 8}, {64, 4}, {32, 4}, {16, 4}, {16, 2}, {16, 1}};
  const int pleasant = r.filter.engine == filter_engine::f32 ? most_shared : 27 * 1024;
  std::vector<sized_filter> fitting;
  for (const tile_size s : sizes) {
    sized_filter f{filter};
    const int shared = reduce_shared(f.filter, r, s);
    f.shared = static_cast<std::size_t>(shared);
    const bool smallest = s.pixels == 16;
    if (shared > 0 && (smallest || shared <= pleasant)) fitting.push_back(f);
    if (shared > 0 && smallest) break;
  }
  return fitting;
}

int choose_enlarge_tile(tiled_filter& f, const resized& r) {
  const groups x(r.filter.x, enlarge_layout::pixels);
  const std::int64_t bytes = std::int64_t{x.span} * r.channels * r.element_bytes + 15 + 16;
  if (bytes > most_shared) return 0;
  f.pixels_log2 = std::countr_zero(static_cast<unsigned>(enlarge_layout::pixels));
  for (f.rows = 16; f.rows >= 2; f.rows /= 2) {
    const int span = groups(r.filter.y, f.rows).span;
    f.shape = {static_cast<int>(bytes), span};
    const std::int64_t kept = std::int64_t{span} * (f.shape.pitch() + enlarge_layout::pixels * r.channels * 4);
    if (kept > most_shared) continue;
    const enlarge_layout at(f, r.channels);
    if (at.end <= (f.rows > 4 ? pleasant_shared : most_shared)) return at.end;
  }
  return 0;
}

}  // namespace

filter_tile_tables::filter_tile_tables(element_type type, int channels, const filtered_recipe& r,
                                       const table_allocator& memory)
    : first_x_(memory), first_y_(memory), begin_y_(memory), weights_y_(memory), blends_y_(memory) {
  const bool integer = type == element_type::u8 || type == element_type::u16;
  if (channels > 4 || (type == element_type::u8 && r.engine != filter_engine::i16)) return;
  const bool vertical_first = r.order == pass_order::vertical_first;
  const resized what{r, type, channels, element_size(type)};
  tiled_filter f;
  const filter_axis &x = r.x, &y = r.y;
  const filter_axis &one = vertical_first ? y : x, &two = vertical_first ? x : y;
  const table wx = bits_of(x, integer), wy = bits_of(y, integer);
  f.taps_x = x.taps;
  f.taps_y = y.taps;
  f.max_value = r.max_value;
  f.shift = r.low_zero_bits;
  if (integer) {
    f.drop = one.integer_bits - r.intermediate_bits;
    f.last_bits = two.integer_bits + r.intermediate_bits;
    narrow_ = fits_narrow(one, f.drop, type == element_type::u8 ? 255 : 65535 >> r.low_zero_bits);
  }
  f.words_y = type == element_type::u8 ? divide_up(y.taps, 2) : y.taps;
  std::vector<int2> blends;
  if (!vertical_first) blends = blends_of(y, wy, f.blends);
  if (vertical_first)
    sizes_ = reduce_tiles(f, what);
  else if (const int shared = choose_enlarge_tile(f, what); shared > 0)
    sizes_ = {{f, static_cast<std::size_t>(shared)}};
  if (!usable()) return;
  first_x_.assign(x.first);
  if (vertical_first) {
    first_y_.assign(y.first);
    weights_y_.assign(type == element_type::u8 ? in_pairs(wy, y.taps) : wy);
  } else {
    begin_y_.assign(groups(y, f.rows).begin);
    blends_y_.assign(blends);
  }
  for (auto& [filter, shared] : sizes_) {
    const auto [columns, made] = columns_.try_emplace(filter.pixels(), memory);
    auto& [begin, weights] = columns->second;
    if (made) {
      begin.assign(groups(x, filter.pixels()).begin);
      weights.assign(vertical_first ? by_tile(wx, x.taps, filter.pixels()) : by_tap(wx, x.taps));
    }
    filter.begin_x = begin.data();
    filter.weights_x = weights.data();
    filter.first_x = first_x_.data();
    filter.first_y = first_y_.data();
    filter.weights_y = weights_y_.data();
    filter.begin_y = begin_y_.data();
    filter.blends_y = blends_y_.data();
  }
}

filtered_pair<tiled_filter> filter_tile_tables::with_filter(const image_pair& pair, double parts) const {
  const auto enough = std::find_if(sizes_.begin(), sizes_.end(), [&](const sized_filter& f) {
    return static_cast<double>(divide_up(pair.dst.width, f.filter.pixels())) *
               divide_up(pair.dst.height, f.filter.rows) * pair.dst.planes * pair.dst.count * parts >=
           enough_tiles;
  });
  const sized_filter& chosen = enough == sizes_.end() ? sizes_.back() : *enough;
  return {pair, &chosen.filter, chosen.shared};
}

bool filter_tile_tables::failed() const {
  return first_x_.failed() || first_y_.failed() || begin_y_.failed() || weights_y_.failed() || blends_y_.failed() ||
         std::any_of(columns_.begin(), columns_.end(),
                     [](const auto& entry) { return entry.second.begin.failed() || entry.second.weights.failed(); });
}

}  // namespace fluxel::kernels::gpu
