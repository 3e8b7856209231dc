// SPDX-License-Identifier: Apache-2.0
#include "host/motion/segmenter/background_fit.hpp"

#include <cstdint>

#include "host/motion/background_choice.hpp"

namespace fluxel::host {

namespace {

constexpr double follower_distance = 0.75;  ///< of the background's vectors, pixels of the flow's frames
constexpr double least_share = 0.2;         ///< of the vectors that follow it: fewer are no background
constexpr int fewest_followers = 12;
constexpr double rival_share = 0.1;  ///< of the vectors: another motion that may be the background's
constexpr int most_vectors = 4096;

}  // namespace

void background_fit::take_grid(const image<f32>& uv, const image<u8>& usable) {
  const int w = uv.width(), h = uv.height();
  int step = 1;
  while (std::int64_t{(w + step - 1) / step} * ((h + step - 1) / step) > most_vectors) ++step;
  from_.clear();
  to_.clear();
  for (int y = (step - 1) / 2; y < h; y += step)
    for (int x = (step - 1) / 2; x < w; x += step) {
      if (usable(x, y) != 0) continue;
      from_.push_back({float(x), float(y)});
      to_.push_back({float(x) + uv(x, y, 0), float(y) + uv(x, y, 1)});
    }
}

std::optional<matrix3x3> background_fit::find(const image<f32>& uv, const image<u8>& usable) {
  take_grid(uv, usable);
  all_.assign(from_.size(), track_status::tracked);
  background_choice choice({.model = model_,
                            .width = double(uv.width()),
                            .height = double(uv.height()),
                            .loose = follower_distance,
                            .tight = follower_distance,
                            .fewest_followers = fewest_followers,
                            .least_share = least_share,
                            .rival_share = rival_share});
  const auto motion = choice.find({from_, to_, all_}, nullptr, followers_);
  if (!motion) return std::nullopt;
  return motion->matrix;
}

}  // namespace fluxel::host
