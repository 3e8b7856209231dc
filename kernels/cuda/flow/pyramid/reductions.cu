// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <climits>
#include <cstdint>
#include <memory>

#include "kernels/cuda/flow/pyramid/reductions.cuh"

namespace fluxel::kernels::gpu {

namespace {

/// A filter without the weights that are 0 for every output.
struct trimmed_axis {
  std::vector<std::int32_t> first;
  std::vector<std::uint32_t> weight;  ///< [outputs][taps]
};

/// The weights of one output that are not 0: from `low` up to `high`.
struct weight_range {
  int low, high;
};
weight_range used_weights(const filter_axis& a, int output) {
  const std::int32_t* const w = a.integer.data() + static_cast<std::ptrdiff_t>(output) * a.taps;
  weight_range r{0, a.taps};
  while (r.high > 1 && w[r.high - 1] == 0) --r.high;
  while (r.low + 1 < r.high && w[r.low] == 0) ++r.low;
  return r;
}

int used_taps(const filter_axis& a) {
  int most = 1;
  for (int i = 0; i < a.dst_size; ++i) {
    const weight_range r = used_weights(a, i);
    most = std::max(most, r.high - r.low);
  }
  return most;
}

/// Windows of `taps` weights that begin with the filter's own and, where the source has so many pixels, end inside.
trimmed_axis trimmed(const filter_axis& a, int taps) {
  trimmed_axis t{std::vector<std::int32_t>(a.dst_size),
                 std::vector<std::uint32_t>(static_cast<std::size_t>(a.dst_size) * taps)};
  for (int i = 0; i < a.dst_size; ++i) {
    const weight_range r = used_weights(a, i);
    const int low = a.first[i] + r.low, first = std::max(0, std::min(low, a.src_size - taps));
    t.first[i] = first;
    for (int k = r.low; k < r.high; ++k)
      t.weight[static_cast<std::size_t>(i) * taps + (a.first[i] + k - first)] =
          static_cast<std::uint32_t>(a.integer[static_cast<std::size_t>(i) * a.taps + k]);
  }
  return t;
}

/// Whether the windows, one after the other, cover the source without a gap.
bool covers(const std::vector<std::int32_t>& first, int taps, int src_size) {
  bool whole = first.front() == 0 && first.back() + taps >= src_size;
  for (std::size_t i = 1; i < first.size(); ++i)
    whole = whole && first[i] >= first[i - 1] && first[i] <= first[i - 1] + taps;
  return whole;
}

/// Where tiles of `tile` outputs begin to read; none when a tile reads more than a warp's row.
std::vector<std::int32_t> tile_begins(const std::vector<std::int32_t>& first, int taps, int tile) {
  std::vector<std::int32_t> begins;
  for (std::size_t i = 0; i < first.size(); i += tile) {
    const auto from = first.begin() + i, to = first.begin() + std::min(first.size(), i + tile);
    const auto [low, high] = std::minmax_element(from, to);
    begins.push_back(*low / 4 * 4);
    if (*high + taps - begins.back() > reduce_span) return {};
  }
  return begins;
}

/// A reduction along one axis: where its windows begin, and the source's size.
struct axis_windows {
  const std::vector<std::int32_t>& first;
  int src_size;
};
struct most_read {
  int source, middle;
};
/// Outputs of a tile along one axis of the second of two reductions, so that what it reads of the level between them,
/// and what that reads, stay within `most`; 0 where one output already reads more.
int two_level_tile(const axis_windows& one, const axis_windows& two, int taps, const most_read& most) {
  const int all = static_cast<int>(two.first.size());
  const auto fits = [&](int tile) {
    for (int begin = 0; begin < all; begin += tile) {
      const int low = two.first[begin],
                high = std::min(two.first[std::min(begin + tile, all) - 1] + taps, two.src_size);
      const int end = std::min(one.first[high - 1] + taps, one.src_size);
      if (high - low > most.middle || end - one.first[low] > most.source) return false;
    }
    return true;
  };
  int tile = 32;
  while (tile > 0 && !fits(tile)) --tile;
  return tile;
}

/// Of the current device.
int count_multiprocessors() {
  int device = 0, count = 1;
  cudaGetDevice(&device);
  cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device);
  return std::max(count, 1);
}

int taps_of(const filtered_recipe& r) { return std::max(used_taps(r.x), used_taps(r.y)); }

}  // namespace

reduction::reduction(const filtered_recipe& r, const table_allocator& memory, int least_taps)
    : multiprocessors_(count_multiprocessors()),
      first_x_(memory),
      begin_(memory),
      weight_x_(memory),
      rows_y_(memory) {
  const int most = std::max({used_taps(r.x), used_taps(r.y), least_taps});
  taps_ = most <= 3 ? 3 : most <= 4 ? 4 : most <= 6 ? 6 : 8;
  if (most > taps_) return;
  src_width_ = r.x.src_size, src_height_ = r.y.src_size;
  const trimmed_axis x = trimmed(r.x, taps_), y = trimmed(r.y, taps_);
  whole_ = covers(x.first, taps_, src_width_) && covers(y.first, taps_, src_height_);
  std::vector<std::int32_t> begins;
  for (tile_ = reduce_outputs(taps_); tile_ > 0 && begins.empty(); begins.empty() ? --tile_ : 0)
    begins = tile_begins(x.first, taps_, tile_);
  std::vector<std::uint32_t> turned(x.weight.size());
  for (int i = 0; i < r.x.dst_size; ++i)
    for (int k = 0; k < taps_; ++k) turned[static_cast<std::size_t>(k) * r.x.dst_size + i] = x.weight[i * taps_ + k];
  const int words = reduce_row_words(taps_);
  std::vector<std::uint32_t> rows(static_cast<std::size_t>(r.y.dst_size) * words);
  for (int i = 0; i < r.y.dst_size; ++i) {
    std::uint32_t* const row = rows.data() + static_cast<std::ptrdiff_t>(i) * words;
    row[0] = static_cast<std::uint32_t>(y.first[i]);
    std::copy_n(y.weight.begin() + static_cast<std::ptrdiff_t>(i) * taps_, taps_, row + 1);
  }
  first_x_.assign(x.first), weight_x_.assign(turned), rows_y_.assign(rows);
  begin_.assign(begins);
  windows_x_ = x.first, windows_y_ = y.first;
  usable_ = !(first_x_.failed() || weight_x_.failed() || rows_y_.failed() || begin_.failed());
}

void reduction::fill(reduce_tail_level& level) const {
  level.x = {first_x_.data(), weight_x_.data()};
  level.rows_y = reinterpret_cast<const uint4*>(rows_y_.data());
  level.taps = taps_;
  level.src_width = src_width_;
  level.src_height = src_height_;
}

/// Rows of a warp: many share the weights across, whose loads take about as long as a row; but all blocks take their
/// turns on the device, and the last turn is as long as a full one.
int reduction::rows_of(const reduce_job& job) const {
  const plane<u16>& to = job.to[0];
  const std::int64_t tiles = std::int64_t{divide_up(to.width, tile_)} * to.count * job.frames;
  const std::int64_t at_a_time = std::int64_t{multiprocessors_} * reduce_blocks(taps_);
  int best = 1;
  std::int64_t least = INT64_MAX;
  for (int rows = 1; rows <= 16; ++rows) {
    const std::int64_t blocks = tiles * divide_up(to.height, reduce_warps * rows);
    const std::int64_t time = (blocks + at_a_time - 1) / at_a_time * (rows + 1);
    if (time < least) best = rows, least = time;
  }
  return best;
}

status reduction::run(reduce_job job, reduce_source source, const launch_options& options) const {
  job.x = {first_x_.data(), weight_x_.data()};
  job.rows_y = reinterpret_cast<const uint4*>(rows_y_.data());
  job.begin = begin_.data();
  job.src_width = src_width_, job.src_height = src_height_;
  job.tile = tile_;
  job.rows = rows_of(job);
  return reduce_frames(job, source, taps_, options);
}

two_reductions::two_reductions(const filtered_recipe& first, const filtered_recipe& second,
                               const table_allocator& memory)
    : taps_(std::max(taps_of(first), taps_of(second))), first_(first, memory, taps_), second_(second, memory, taps_) {
  if (!first_.usable() || !second_.usable() || !first_.whole() || !second_.whole()) return;
  const int taps = first_.taps();
  width_ = two_level_tile({first_.windows_x(), first_.src_width()}, {second_.windows_x(), second_.src_width()}, taps,
                          {reduce_two_source, reduce_two_columns});
  height_ = two_level_tile({first_.windows_y(), first_.src_height()}, {second_.windows_y(), second_.src_height()},
                           taps, {INT_MAX, reduce_two_rows});
}

status two_reductions::run(reduce_two_job job, const launch_options& options) const {
  first_.fill(job.level[0]);
  second_.fill(job.level[1]);
  job.tile_width = width_, job.tile_height = height_;
  return reduce_two(job, options);
}

}  // namespace fluxel::kernels::gpu
