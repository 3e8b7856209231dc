// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "host/program/cli/commands/track/point_sequence.hpp"
#include "host/program/video/frames/plain_picture.hpp"

namespace fluxel::cli {

/// Takes the points of a video, frame after frame, and writes them.
class track_output {
 public:
  virtual ~track_output() = default;

  /// Whether the pixels of pictures are written.
  virtual bool wants_pixels() const { return false; }

  /// @param seconds  when the frame is shown. @param picture  its size, and its pixels where they are wanted.
  /// @throws video::failure output
  virtual void write(int frame, double seconds, const video::plain_picture& picture,
                     const std::vector<observation>& seen) = 0;

  /// After the last frame.
  virtual void finish() = 0;
};

}  // namespace fluxel::cli
