// SPDX-License-Identifier: Apache-2.0
// The tables of enlarge_bytes.cu.

#include <algorithm>

#include "kernels/cuda/resize/enlarge_bytes.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int tile_heights[] = {32, 16, 8, 4};  ///< output rows of a warp
constexpr int enough_tiles = 400;               ///< three blocks for each multiprocessor of the largest GPUs
constexpr int most_staged = 40 * 1024;          ///< bytes

/// The rows' weights moved so that each window of `taps` rows ends no earlier than the one before. False where a
/// window is longer.
bool make_rows(const filter_axis& y, int taps, std::vector<byte_row>& rows) {
  rows.assign(static_cast<std::size_t>(y.dst_size), {});
  int last = 0;
  for (int i = 0; i < y.dst_size; ++i) {
    const auto weights = y.integer.begin() + std::ptrdiff_t{i} * y.taps;
    int low = y.taps, high = 0;
    for (int k = 0; k < y.taps; ++k)
      if (weights[k] != 0) low = std::min(low, k), high = k;
    last = std::max(last, y.first[i] + high);
    const int first = last - taps + 1;
    if (low < y.taps && y.first[i] + low < first) return false;
    rows[i].last = last;
    for (int k = low; k <= high; ++k) rows[i].weight[y.first[i] + k - first] = weights[k];
  }
  return true;
}

/// The most source rows of `count` neighbouring output rows.
int span_of(const std::vector<byte_row>& rows, int count, int taps) {
  int span = 0;
  for (std::size_t i = 0; i < rows.size(); i += count) {
    const std::size_t end = std::min(rows.size(), i + count) - 1;
    span = std::max(span, rows[end].last - rows[i].last + taps);
  }
  return span;
}

std::vector<uint2> quads_of(const filter_axis& x, int quads, int columns) {
  std::vector<uint2> t(static_cast<std::size_t>(columns) * quads);
  for (int i = 0; i < columns; ++i)
    for (int k = 0; k < x.taps; ++k) {
      const std::ptrdiff_t column = std::min(i, x.dst_size - 1);
      const auto half = static_cast<std::uint32_t>(x.integer[column * x.taps + k] & 0xffff) << (k % 2 * 16);
      uint2& quad = t[static_cast<std::size_t>(i) * quads + k / 4];
      (k % 4 < 2 ? quad.x : quad.y) |= half;
    }
  return t;
}

}  // namespace

byte_filter_tables::byte_filter_tables(element_type type, int channels, const filtered_recipe& r,
                                       const table_allocator& memory)
    : channels_(channels), first_x_(memory), begin_x_(memory), weights_x_(memory), rows_y_(memory) {
  if (type != element_type::u8 || channels > 4 || r.engine != filter_engine::i16 ||
      r.order != pass_order::horizontal_first || r.max_value != 255 || r.low_zero_bits != 0)
    return;
  std::vector<byte_row> rows;
  if (r.x.taps <= 4 && make_rows(r.y, 4, rows))
    taps_ = 4;
  else if (r.x.taps <= 8 && make_rows(r.y, byte_row::most_taps, rows))
    taps_ = byte_row::most_taps;
  else
    return;
  const int tile = byte_tile(channels), quads = (taps_ + 3) / 4;
  std::vector<std::int32_t> first = r.x.first, begin;
  first.resize(static_cast<std::size_t>(divide_up(r.x.dst_size, tile)) * tile, r.x.first.back());
  int columns = 0;
  for (std::size_t i = 0; i < first.size(); i += tile) {
    const auto [low, high] = std::minmax_element(first.begin() + i, first.begin() + i + tile);
    begin.push_back(*low);
    columns = std::max(columns, *high - *low + 4 * quads);
  }
  const int row_bytes = columns * channels + 15 + 4;  // rows start up to 15 bytes early and are read by words
  byte_filter f{.drop = r.x.integer_bits - r.intermediate_bits, .last_bits = r.y.integer_bits + r.intermediate_bits};
  for (const int height : tile_heights) {
    f.rows_of_warp = height;
    f.shape = {row_bytes, span_of(rows, height * byte_warps, taps_)};
    if (f.shape.bytes() <= most_staged) sizes_.push_back(f);
  }
  if (!usable()) return;
  std::vector<int4> packed;
  for (const byte_row& row : rows) {
    packed.push_back(int4{row.weight[0], row.weight[1], row.weight[2], row.weight[3]});
    packed.push_back(int4{row.weight[4], row.weight[5], row.last, 0});
  }
  first_x_.assign(first);
  begin_x_.assign(begin);
  weights_x_.assign(quads_of(r.x, quads, static_cast<int>(first.size())));
  rows_y_.assign(packed);
  for (byte_filter& size : sizes_) {
    size.first_x = first_x_.data();
    size.begin_x = begin_x_.data();
    size.weights_x = weights_x_.data();
    size.rows_y = rows_y_.data();
  }
}

bool byte_filter_tables::failed() const {
  return first_x_.failed() || begin_x_.failed() || weights_x_.failed() || rows_y_.failed();
}

filtered_pair<byte_filter> byte_filter_tables::with_filter(const image_pair& pair, double parts) const {
  const auto enough = std::find_if(sizes_.begin(), sizes_.end(), [&](const byte_filter& f) {
    return static_cast<double>(divide_up(pair.dst.width, byte_tile(channels_))) *
               divide_up(pair.dst.height, byte_warps * f.rows_of_warp) * pair.dst.planes * pair.dst.count * parts >=
           enough_tiles;
  });
  const byte_filter& chosen = enough == sizes_.end() ? sizes_.back() : *enough;
  return {pair, &chosen, static_cast<std::size_t>(chosen.shape.bytes())};
}

}  // namespace fluxel::kernels::gpu
