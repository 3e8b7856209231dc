// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fluxel/frame.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::video {

/// A picture and the one that it is compared with: of the same format. Valid until the next pair is read.
struct picture_pair {
  frame_view<const void> judged;
  frame_view<const void> reference;
};

/// The pictures of two inputs side by side, as they are stored. Those of the first are converted to the pixel format
/// of the second where theirs is another.
class picture_pairs {
 public:
  /// @throws failure input
  picture_pairs(const input_options& judged, const input_options& reference, monitor& monitor);
  ~picture_pairs();

  /// The next pair; nothing when one of the inputs has ended.
  /// @throws failure input  also for pictures of different sizes.
  std::optional<picture_pair> next();

  /// Of the pair that was read last: the name of its pixel format, and of each channel of each plane ("y", "u", "v";
  /// "r", "g", "b", "a").
  std::string pixel_format() const;
  const std::vector<std::string>& channels() const;

  // After the end.
  bool judged_goes_on() const;     ///< it has pictures that the reference does not have
  bool reference_goes_on() const;  ///< the other way round
  std::string damage() const;      ///< of either, in words; empty when there was none

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace fluxel::video
