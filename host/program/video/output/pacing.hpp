// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// The times that the frames of an output can have.
struct pace {
  enum class rule : int {
    exact = 0,     ///< any multiple of the tick
    rounded = 1,   ///< one frame per tick at most; ticks may stay empty
    constant = 2,  ///< one frame per tick
  };
  rule how = rule::exact;
  AVRational tick{1, 25};
  bool from_zero = false;  ///< of `constant`: the first frame is repeated for the time before it
};

/// Puts frames on the ticks of an output. Of two that fall on one tick the nearer one is kept; a constant pace fills
/// ticks without a frame with the one before, as `ffmpeg -fps_mode cfr` does.
class pacer {
 public:
  using sink = std::function<void(frame_ptr)>;

  /// @param base  of the times of the frames that come. @param out  takes frames whose times are in ticks.
  pacer(const pace& pace, AVRational base, sink out) : pace_(pace), base_(base), out_(std::move(out)) {}

  void put(frame_ptr frame);
  void finish();  ///< writes the frame that is still held

  std::int64_t left_out() const { return left_out_; }
  std::int64_t repeated() const { return repeated_; }

 private:
  void put_exact(frame_ptr frame);
  std::int64_t tick_of(double time) const;
  void write_held(std::int64_t until);

  pace pace_;
  AVRational base_;
  sink out_;
  frame_ptr held_;
  double held_time_ = 0;  // exact, in ticks
  std::int64_t held_tick_ = 0;
  std::int64_t last_ = INT64_MIN;
  std::int64_t jump_ = 0;  // ticks that a leap in the times of a damaged file was shortened by
  std::int64_t written_ = 0;
  std::int64_t left_out_ = 0;
  std::int64_t repeated_ = 0;
};

}  // namespace fluxel::video
