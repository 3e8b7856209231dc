// SPDX-License-Identifier: Apache-2.0
// The order of the launches of a pyramid's levels.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "kernels/common/flow/equation.hpp"
#include "kernels/cuda/flow/pyramid/reductions.cuh"

namespace fluxel::kernels::gpu {

namespace {

/// A level of more pixels has work enough for a launch of its own.
constexpr std::int64_t most_pixels_together = 1 << 17;

/// A launch that makes `levels` of those that are made, or two launches where `together` cannot take so large a
/// batch.
struct pyramid_step {
  std::size_t first, levels;
  std::unique_ptr<two_reductions> together;  ///< of two levels
};

class levels_in_turn : public prepared_pyramid {
 public:
  levels_in_turn(std::span<const resize_recipe> recipes, const table_allocator& memory) {
    for (const resize_recipe& r : recipes)
      reductions_.push_back(std::make_unique<reduction>(std::get<filtered_recipe>(r.method), memory));
    for (std::size_t l = 0; l < recipes.size(); l += steps_.back().levels)
      steps_.push_back(next_step(recipes, l, memory));
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
  static std::int64_t pixels_of(const resize_recipe& r) {
    const auto& filters = std::get<filtered_recipe>(r.method);
    return std::int64_t{filters.x.dst_size} * filters.y.dst_size;
  }

  /// The first level is read from the frames, by a launch of its own.
  static pyramid_step next_step(std::span<const resize_recipe> recipes, std::size_t l,
                                const table_allocator& memory) {
    const std::size_t left = recipes.size() - l;
    const std::int64_t pixels = pixels_of(recipes[l]);
    if (l == 0 || left < 2 || pixels > most_pixels_together) return {l, 1, nullptr};
    if (left <= most_tail_levels && pixels <= most_tail_pixels) return {l, left, nullptr};
    auto both = std::make_unique<two_reductions>(std::get<filtered_recipe>(recipes[l].method),
                                                 std::get<filtered_recipe>(recipes[l + 1].method), memory);
    if (!both->usable()) return {l, 1, nullptr};
    return {l, 2, std::move(both)};
  }

  status run_few(std::span<const pyramid_frame> frames, const launch_options& options) const {
    const std::size_t finest = frames[0].levels.size() - reductions_.size();  // the level that is made first
    const std::int64_t images = static_cast<std::int64_t>(frames.size()) * frames[0].levels[0].count;
    status result = status::ok;
    for (const pyramid_step& s : steps_) {
      const plane<u16>& level = frames[0].levels[finest + s.first];
      const bool small =
          std::int64_t{level.width} * level.height * images <= most_pyramid_frames * most_pixels_together;
      if (s.together != nullptr && small) {
        result = run_two(frames, finest, s, options);
      } else if (s.levels > 1 && s.together == nullptr) {
        result = run_tail(frames, finest, s.first, options);
      } else {
        for (std::size_t l = s.first; l < s.first + s.levels && result == status::ok; ++l)
          result = run_one(frames, finest, l, options);
      }
      if (result != status::ok) break;
    }
    return result;
  }

  status run_one(std::span<const pyramid_frame> frames, std::size_t finest, std::size_t l,
                 const launch_options& options) const {
    const bool pixels = frames[0].pixels.data != nullptr && l == 0;
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
    const reduce_source source = pixels ? read_range(frames[0], job) : reduce_source::grey;
    return reductions_[l]->run(job, source, options);
  }

  static status run_two(std::span<const pyramid_frame> frames, std::size_t finest, const pyramid_step& step,
                        const launch_options& options) {
    reduce_two_job job{};
    job.frames = static_cast<int>(frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const auto levels = frames[i].levels.subspan(finest + step.first - 1, 3);
      job.from[i] = levels[0];
      job.level[0].to[i] = levels[1], job.level[1].to[i] = levels[2];
      job.kept_at[i] = frames[i].kept_at;
    }
    return step.together->run(job, options);
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
  std::vector<pyramid_step> steps_;
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
