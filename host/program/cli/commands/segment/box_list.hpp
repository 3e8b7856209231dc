// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <memory>
#include <span>
#include <string>

#include "fluxel/motion_segmenter.hpp"
#include "host/program/video/frames/transform.hpp"

namespace fluxel::cli {

/// How stored pictures are turned to be shown.
struct shown_as {
  size stored;
  int quarter_turns = 0;  ///< clockwise
  bool mirrored = false;  ///< before that, left and right

  /// A region of the stored picture, in the shown one.
  moving_region operator()(moving_region r) const;
};

/// Writes boxes as JSON, an object per line.
class box_list {
 public:
  /// @param path  "-" for standard output. @param name  for messages. @throws video::failure output
  box_list(const std::string& path, const std::string& name);

  /// @param seconds  when the frame is shown; written to the microsecond.
  void write(int frame, double seconds, std::span<const moving_region> regions, const shown_as& shown);
  void finish();

 private:
  void check(bool good) const;

  std::string name_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

}  // namespace fluxel::cli
