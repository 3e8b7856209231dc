// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "host/program/video/frames/transform.hpp"

namespace fluxel::video {

/// How the pictures of a stream follow each other.
struct stream_clock {
  ratio tick;  ///< seconds; times of pictures are whole numbers of it
  ratio rate;  ///< pictures per second
};

/// When a picture is shown, in ticks.
struct shown_time {
  std::int64_t start = 0;
  std::int64_t length = 0;  ///< 0: not known
};

/// The part of a transform that makes pictures at times of its own. Called from the transform's thread, after `plan`:
/// every picture that comes is put in, and then results are made as long as there is a next one.
class frame_retimer {
 public:
  virtual ~frame_retimer() = default;

  /// Called once. @returns the clock of the results.
  virtual stream_clock plan_clock(const stream_clock& in) = 0;

  virtual void put(const frame_view<const void>& in, const shown_time& time) = 0;
  /// No picture follows.
  virtual void end() = 0;

  /// When the next result is shown; nothing until another picture has come.
  virtual std::optional<shown_time> next() = 0;
  /// Makes it. @param out  of the planned size, progressive.
  virtual void make(const frame_view<void>& out) = 0;
};

}  // namespace fluxel::video
