// SPDX-License-Identifier: Apache-2.0
// The tables of a pyramid's reductions, and the order of their launches.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/common/flow/equation.hpp"
#include "kernels/cuda/flow/pyramid/pyramid.cuh"
#include "kernels/cuda/runtime/device_array.cuh"

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

/// One reduction's tables.
class reduction {
 public:
  reduction(const filtered_recipe& r, const table_allocator& memory)
      : first_x_(memory), begin_(memory), weight_x_(memory), rows_y_(memory) {
    const int most = std::max(used_taps(r.x), used_taps(r.y));
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
      for (int k = 0; k < taps_; ++k)
        turned[static_cast<std::size_t>(k) * r.x.dst_size + i] = x.weight[i * taps_ + k];
    const int words = reduce_row_words(taps_);
    std::vector<std::uint32_t> rows(static_cast<std::size_t>(r.y.dst_size) * words);
    for (int i = 0; i < r.y.dst_size; ++i) {
      std::uint32_t* const row = rows.data() + static_cast<std::ptrdiff_t>(i) * words;
      row[0] = static_cast<std::uint32_t>(y.first[i]);
      std::copy_n(y.weight.begin() + static_cast<std::ptrdiff_t>(i) * taps_, taps_, row + 1);
    }
    first_x_.assign(x.first), weight_x_.assign(turned), rows_y_.assign(rows);
    begin_.assign(begins);
    usable_ = !(first_x_.failed() || weight_x_.failed() || rows_y_.failed() || begin_.failed());
  }

  bool usable() const { return usable_; }
  /// Whether the source can be copied on the way.
  bool whole() const { return whole_; }

  /// All but the planes.
  void fill(reduce_tail_level& level) const {
    level.x = {first_x_.data(), weight_x_.data()};
    level.rows_y = reinterpret_cast<const uint4*>(rows_y_.data());
    level.taps = taps_;
    level.src_width = src_width_;
    level.src_height = src_height_;
  }

  /// `job` has its planes.
  status run(reduce_job job, reduce_source source, const launch_options& options) const {
    job.x = {first_x_.data(), weight_x_.data()};
    job.rows_y = reinterpret_cast<const uint4*>(rows_y_.data());
    job.begin = begin_.data();
    job.src_width = src_width_, job.src_height = src_height_;
    job.tile = tile_;
    job.rows = rows_of(job);
    return reduce_frames(job, source, taps_, options);
  }

 private:
  /// Rows of a warp: many share the weights across, but there have to be warps enough to fill the device.
  int rows_of(const reduce_job& job) const {
    constexpr std::int64_t enough_warps = 4096;
    const plane<u16>& to = job.to[0];
    const std::int64_t tiles = std::int64_t{divide_up(to.width, tile_)} * to.count * job.frames;
    for (int rows = 8; rows > 1; rows /= 2)
      if (tiles * divide_up(to.height, rows) >= enough_warps) return rows;
    return 1;
  }

  int taps_ = 0, tile_ = 0, src_width_ = 0, src_height_ = 0;
  bool usable_ = false, whole_ = false;
  device_table<std::int32_t> first_x_, begin_;
  device_table<std::uint32_t> weight_x_, rows_y_;
};

class levels_in_turn : public prepared_pyramid {
 public:
  levels_in_turn(std::span<const resize_recipe> recipes, const table_allocator& memory) {
    for (const resize_recipe& r : recipes)
      reductions_.push_back(std::make_unique<reduction>(std::get<filtered_recipe>(r.method), memory));
  }
  bool usable() const {
    return std::all_of(reductions_.begin(), reductions_.end(), [](const auto& r) { return r->usable(); }) &&
           reductions_.front()->whole();
  }

  status run(std::span<const pyramid_frame> frames, const launch_options& options) const override {
    status result = status::ok;
    for (std::size_t i = 0; i < frames.size() && result == status::ok; i += most_pyramid_frames)
      result = run_few(frames.subspan(i, std::min<std::size_t>(most_pyramid_frames, frames.size() - i)), options);
    return result;
  }

 private:
  status run_few(std::span<const pyramid_frame> frames, const launch_options& options) const {
    const std::size_t finest = frames[0].levels.size() - reductions_.size();  // the level that is made first
    const bool pixels = frames[0].pixels.data != nullptr;
    const std::size_t tail = tail_of(frames[0].levels.subspan(finest));
    status result = status::ok;
    for (std::size_t l = 0; l < tail && result == status::ok; ++l) {
      reduce_job job{};
      job.frames = static_cast<int>(frames.size());
      job.aligned = true;
      for (std::size_t i = 0; i < frames.size(); ++i) {
        job.to[i] = frames[i].levels[finest + l];
        job.kept_at[i] = frames[i].kept_at;
        if (l > 0)
          job.grey[i] = frames[i].levels[finest + l - 1];
        else if (pixels)
          read_pixels(frames[i], finest > 0, job, i);
        else
          job.grey[i] = frames[i].grey;
      }
      const reduce_source source = pixels && l == 0 ? read_range(frames[0], job) : reduce_source::grey;
      result = reductions_[l]->run(job, source, options);
    }
    return result == status::ok && tail < reductions_.size() ? run_tail(frames, finest, tail, options) : result;
  }

  /// Which of the levels that are made begins those that share a launch. The first one is read from the frames.
  std::size_t tail_of(std::span<const plane<u16>> made) const {
    std::size_t tail = made.size();
    while (tail > 1 && made.size() - tail < most_tail_levels &&
           std::int64_t{made[tail - 1].width} * made[tail - 1].height <= most_tail_pixels)
      --tail;
    return made.size() - tail < 2 ? made.size() : tail;
  }

  status run_tail(std::span<const pyramid_frame> frames, std::size_t finest, std::size_t tail,
                  const launch_options& options) const {
    reduce_tail_job job{};
    job.frames = static_cast<int>(frames.size());
    job.levels = static_cast<int>(reductions_.size() - tail);
    for (std::size_t i = 0; i < frames.size(); ++i) {
      job.from[i] = frames[i].levels[finest + tail - 1];
      job.kept_at[i] = frames[i].kept_at;
      for (std::size_t l = tail; l < reductions_.size(); ++l)
        job.level[l - tail].to[i] = frames[i].levels[finest + l];
    }
    for (std::size_t l = tail; l < reductions_.size(); ++l) reductions_[l]->fill(job.level[l - tail]);
    return reduce_tail(job, options);
  }

  static reduce_source read_range(const pyramid_frame& frame, reduce_job& job) {
    if (frame.black == 0 && frame.white == 255) return reduce_source::whole_bytes;
    // The quotient of n is too large by less than n / 2^32, which changes no whole part while n * range < 2^32.
    const std::uint32_t range = frame.white - frame.black, one = 255 * intensity_one;
    job.range = {frame.black, frame.white, range / 2 - static_cast<std::uint32_t>(frame.black) * one,
                 static_cast<std::uint32_t>(((std::uint64_t{1} << 32) + range - 1) / range)};
    return reduce_source::part_of_bytes;
  }

  static void read_pixels(const pyramid_frame& frame, bool copy, reduce_job& job, std::size_t i) {
    const image& p = frame.pixels;
    job.pixels[i] = {static_cast<const u8*>(p.data), p.width, p.height, p.pitch, p.count, p.stride};
    const auto address = reinterpret_cast<std::uintptr_t>(p.data);
    job.aligned = job.aligned && (address | static_cast<std::uintptr_t>(p.pitch) |
                                  (p.count > 1 ? static_cast<std::uintptr_t>(p.stride) : 0)) %
                                         4 ==
                                     0;
    if (copy) job.copy[i] = frame.levels[0];
  }

  std::vector<std::unique_ptr<reduction>> reductions_;
};

bool not_negative(const filter_axis& a) {
  return std::all_of(a.integer.begin(), a.integer.end(), [](std::int32_t w) { return w >= 0; });
}

/// What the kernels take for granted: see pyramid.cu.
bool fits(const resize_recipe& recipe) {
  const auto* const r = std::get_if<filtered_recipe>(&recipe.method);
  constexpr int bits = 14, most = 4095;
  return r != nullptr && recipe.type == element_type::u16 && recipe.channels == 1 &&
         r->order == pass_order::vertical_first && r->x.integer_bits == bits && r->y.integer_bits == bits &&
         r->intermediate_bits == bits && r->max_value == most && r->low_zero_bits == 0 && not_negative(r->x) &&
         not_negative(r->y);
}

}  // namespace

std::unique_ptr<prepared_pyramid> prepare_pyramid(std::span<const resize_recipe> reductions,
                                                  const table_allocator& memory) {
  if (reductions.empty() || !std::all_of(reductions.begin(), reductions.end(), fits)) return nullptr;
  auto levels = std::make_unique<levels_in_turn>(reductions, memory);
  return levels->usable() ? std::move(levels) : nullptr;
}

}  // namespace fluxel::kernels::gpu
