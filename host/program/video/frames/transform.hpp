// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fluxel/frame.hpp"
#include "fluxel/resize_options.hpp"

namespace fluxel::video {

struct ratio {
  int num = 0;
  int den = 1;
};

/// The pictures of a stream, as they are stored.
struct picture_info {
  frame_format format;
  ratio sample_aspect;        ///< width of a pixel over its height; 0/1 is unknown
  int quarter_turns = 0;      ///< by which a player turns the pictures clockwise before it shows them: 0 to 3
  bool mirrored = false;      ///< before that, left and right
  bool shown_square = false;  ///< what shows the result takes every pixel for a square: it is a picture
  size step{1, 1};            ///< a transform that may choose a size rounds it to a multiple of this
  transfer_function transfer = transfer_function::none;  ///< of the samples; where the file is silent, the usual one
};

/// What a transform reads of the pictures.
enum class picture_use : int {
  pixels = 0,  ///< every plane, as the file stores it
  motion = 1,  ///< the first plane as shown: luma or grey (perhaps with alpha), or packed R, G, B
};

/// The time that a result has.
enum class result_time : int {
  same = 0,      ///< of the picture that it was made with
  previous = 1,  ///< of the picture before
  queued = 2,    ///< of the first picture that has no result yet: results come later, in the order of the pictures
};

/// How long a step of a job was at work, without waiting for others.
struct step_time {
  std::string name;
  double seconds = 0;
};

class frame_retimer;

/// What a command does to the pictures of a video. Called from one thread.
class frame_transform {
 public:
  virtual ~frame_transform() = default;

  virtual picture_use use() const { return picture_use::pixels; }
  virtual result_time time() const { return result_time::same; }

  /// Called once, with the first picture's description.
  /// @returns what comes out. A format of the input's structure keeps the input's channel order; any other one is
  /// written in the usual order (R, G, B).
  virtual picture_info plan(const picture_info& in) = 0;

  /// The color that a result has before `process`, as FFmpeg names colors; empty: it is not set.
  virtual std::string background() const { return {}; }

  /// Called before each `process`. @param seconds  when the picture is shown, from the beginning of the input.
  virtual void set_time(double /*seconds*/) {}

  /// Make one frame. Size and field order of `in` may change from call to call; `out` has the planned size and
  /// the field order of `in`; a result of motion is progressive.
  /// @returns whether `out` is to be written.
  virtual bool process(const frame_view<const void>& in, const frame_view<void>& out) = 0;

  /// What makes pictures at times of its own, instead of `process`; null: there is one result for each picture.
  virtual frame_retimer* retimer() { return nullptr; }
  /// With queued results: called after the last frame until it returns false, for those that are still due. `out` as in
  /// `process`. @returns whether it has made one.
  virtual bool flush(const frame_view<void>& /*out*/) { return false; }

  /// Called after the last frame, unless the job has failed.
  virtual void finish() {}

  /// The steps of `process`, if it tells them apart; asked when all is done.
  virtual std::vector<step_time> times() const { return {}; }

  /// The pictures, counted from 0 as they came, that begin another scene; nothing from a transform that does not look
  /// for cuts. Asked when all is done.
  virtual std::optional<std::vector<std::int64_t>> cuts() const { return std::nullopt; }

  /// The processor that does it, in words for the user; asked when all is done.
  virtual std::string processor() const { return {}; }
};

}  // namespace fluxel::video
