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
  bool shown_square = false;  ///< what shows the result takes every pixel for a square: a picture or an animation
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

/// The part of a transform that begins with frames and finishes them later, in their order: while one is copied,
/// others are worked on. Called from one thread.
class frame_ring {
 public:
  virtual ~frame_ring() = default;

  /// Most frames that are begun and not finished.
  virtual int depth() const = 0;
  /// The device that reads and writes the frames: fastest where their memory is pinned.
  virtual int device() const = 0;
  /// Begins with a frame. The memory of both stays as it is until the frame is finished; `in` and `out` as in
  /// `process`.
  virtual void begin(const frame_view<const void>& in, const frame_view<void>& out) = 0;
  /// Waits until the oldest frame that is begun is in its `out`.
  virtual void finish() = 0;
  /// Waits until nothing reads or writes the frames that are begun, whose results nobody wants.
  virtual void abandon() noexcept = 0;
  /// Seconds for which `finish` has waited: the transform's times are the device's, which overlap.
  virtual double waited() const = 0;
};

/// What a command does to the pictures of a video. Called from one thread.
class frame_transform {
 public:
  virtual ~frame_transform() = default;

  virtual picture_use use() const { return picture_use::pixels; }
  virtual result_time time() const { return result_time::same; }

  /// The device in whose memory frames can come as well; nothing: in none. Asked before `plan`, too.
  virtual std::optional<int> reads_device() const { return std::nullopt; }

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

  /// What takes the frames instead of `process`; null: none. Asked after `plan`; results have the time of their
  /// pictures.
  virtual frame_ring* ring() { return nullptr; }
  /// What makes pictures at times of its own, instead of `process`; null: there is one result for each picture.
  virtual frame_retimer* retimer() { return nullptr; }
  /// With queued results: called after the last frame until it returns false, for those that are still due. `out` as
  /// in `process`. @returns whether it has made one.
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
