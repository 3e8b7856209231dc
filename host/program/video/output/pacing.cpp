// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/output/pacing.hpp"

#include <algorithm>
#include <cmath>
#include <new>
#include <utility>

namespace fluxel::video {

namespace {

constexpr double tolerance = 0.7;     // ticks: a frame so near to the next free tick takes it, so that times that
                                      // tremble around the middle of two ticks are neither repeated nor left out
constexpr double longest_gap = 3600;  // seconds that are filled; more is a leap of the clock

}  // namespace

void pacer::put_exact(frame_ptr frame) {
  frame->pts = av_rescale_q(frame->pts, base_, pace_.tick);
  if (last_ != INT64_MIN) frame->pts = std::max(frame->pts, last_ + 1);
  last_ = frame->pts;
  duration_of(*frame) = av_rescale_q(duration_of(*frame), base_, pace_.tick);
  out_(std::move(frame));
}

std::int64_t pacer::tick_of(double time) const {
  if (!held_) return std::max<std::int64_t>(0, std::llround(time));
  const std::int64_t next = held_tick_ + 1;
  return std::abs(time - double(next)) <= tolerance ? next : std::llround(time);
}

void pacer::put(frame_ptr frame) {
  if (pace_.how == pace::rule::exact) return put_exact(std::move(frame));
  double time = double(frame->pts) * av_q2d(base_) / av_q2d(pace_.tick) - double(jump_);
  if (held_ && (time - held_time_) * av_q2d(pace_.tick) > longest_gap) {
    jump_ += std::int64_t(time - held_time_) - 1;
    time = double(frame->pts) * av_q2d(base_) / av_q2d(pace_.tick) - double(jump_);
  }
  const std::int64_t tick = tick_of(time);
  if (held_ && tick <= held_tick_) {
    ++left_out_;
    if (std::abs(time - double(held_tick_)) > std::abs(held_time_ - double(held_tick_))) return;
    held_ = std::move(frame);
    held_time_ = time;
    return;
  }
  // Without another clock, the first frame also stands for the time before it.
  const bool fills_start = !held_ && pace_.from_zero;
  if (held_) write_held(tick);
  held_ = std::move(frame);
  held_time_ = time;
  held_tick_ = fills_start ? 0 : tick;
}

/// Writes the held frame onto its tick and, at a constant pace, onto those before `until`; it stays held.
void pacer::write_held(std::int64_t until) {
  const std::int64_t end = pace_.how == pace::rule::constant ? until : held_tick_ + 1;
  for (std::int64_t tick = held_tick_; tick < end; ++tick) {
    frame_ptr copy(av_frame_clone(held_.get()));
    if (!copy) throw std::bad_alloc();
    copy->pts = tick;
    duration_of(*copy) = pace_.how == pace::rule::constant ? 1 : std::max<std::int64_t>(1, until - tick);
    out_(std::move(copy));
    ++written_;
  }
  if (pace_.how == pace::rule::constant) repeated_ += std::max<std::int64_t>(0, end - held_tick_ - 1);
}

void pacer::finish() {
  if (!held_) return;
  const double length = std::min(double(duration_of(*held_)) * av_q2d(base_), longest_gap) / av_q2d(pace_.tick);
  const std::int64_t end = std::llround(held_time_ + length);
  // A last frame that fell on the tick at which the clip ends is not due any more.
  if (held_tick_ >= end && written_ > 0)
    ++left_out_;
  else
    write_held(std::max(held_tick_ + 1, end));
  held_.reset();
}

}  // namespace fluxel::video
