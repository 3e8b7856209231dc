// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "host/program/video/frames/plain_picture.hpp"

namespace fluxel::video {

/// Finds the cuts of a video by how much each frame differs from the one before: the mean absolute difference of
/// their samples, on a grid of at most 256 x 256 pixels, as a share of white. A cut is a difference that exceeds
/// those of the pair before and of the pair after by more than 0.1. Fast motion differs for several frames in a row,
/// and a flash twice, so that neither is taken for a cut; nor is a cut between pictures that look alike.
class cut_finder {
 public:
  /// The next frame; all have one size and kind.
  void add(const plain_picture& frame);

  /// The frames, counted from 0, that begin a scene after a cut. With fewer than three frames there is nothing to
  /// compare a difference with, and no cut.
  std::vector<std::int64_t> cuts() const;

 private:
  std::vector<float> previous_, current_;  // samples as shares of white
  std::vector<double> differences_;        // of frame i + 1 from frame i
};

}  // namespace fluxel::video
