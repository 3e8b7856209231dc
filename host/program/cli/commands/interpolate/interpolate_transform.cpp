// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/interpolate/interpolate_transform.hpp"

#include "host/program/cli/commands/accepted_pictures.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/video/frames/copy_samples.hpp"
#include "host/program/video/frames/working_clock.hpp"

namespace fluxel::cli {

namespace {

constexpr int most_repeated = 6;  ///< pictures that one drawing lasts; a longer rest is one

using clock = video::working_clock;

double seconds_from(clock::time_point start) { return (clock::now() - start).count(); }

}  // namespace

video::picture_info interpolate_transform::plan(const video::picture_info& in) {
  require_whole_pictures(in.format);
  format_ = in.format;
  return in;
}

std::string interpolate_transform::processor() const {
  return between_ ? describe_processor(between_->backend(), where_.device) : "";
}

/// Whether the picture shows what the last one that was taken does.
bool interpolate_transform::is_repeated(const frame_view<const void>& in) {
  return repeated_.add(in) && taken_ > 0 && frames_ < most_repeated;
}

void interpolate_transform::advance(const frame_view<const void>& in, std::int64_t duration) {
  const auto start = clock::now();
  between_->advance(in, static_cast<double>(duration));
  measuring_ += seconds_from(start);
}

void interpolate_transform::put(const frame_view<const void>& in, const video::shown_time& time) {
  require_same_size(size_of(in.format), size_of(format_), "interpolate");
  if (taken_ > 0 && time.start <= last_.start) return;  // a clock that stands still shows nothing new
  const std::int64_t length = time.length > 0 ? time.length : taken_ > 0 ? time.start - last_.start : 1;
  end_ = time.start + length;
  if (joins_repeated_ && is_repeated(in)) {
    ++frames_;
    return;
  }
  if (!between_) between_.emplace(format_, options_, where_);
  advance(in, taken_ == 0 ? 1 : time.start - last_.start);
  if (taken_ == 0) {
    only_.emplace(format_);
    video::copy_samples(in, only_->view());
  } else {
    only_.reset();
    shown_ = waiting_ ? shown::pair_before : shown::nothing;
    if (waiting_) moments_.open(waiting_->start, waiting_->end, waiting_->frames);
    waiting_ = {last_.start, time.start, frames_};
  }
  taken_ = taken_ == 0 ? 1 : 2;
  last_ = {time.start, length};
  frames_ = 1;
}

void interpolate_transform::open_last_pair() {
  moments_.open(waiting_->start, waiting_->end, waiting_->frames);
  shown_ = shown::last_pair;
}

/// It is shown to its end.
void interpolate_transform::open_last_picture() {
  moments_.open(last_.start, end_, frames_);
  shown_ = shown::last_picture;
}

void interpolate_transform::end() {
  if (taken_ == 0) return;
  if (only_) advance(only_->view(), 1);
  if (waiting_)
    open_last_pair();
  else
    open_last_picture();
}

std::optional<video::shown_time> interpolate_transform::next() {
  if (shown_ == shown::nothing) return std::nullopt;
  auto result = moments_.next();
  if (!result && shown_ == shown::last_pair) {
    open_last_picture();
    result = moments_.next();
  }
  if (!result) return std::nullopt;
  moment_ = shown_ == shown::pair_before ? result->moment - 1 : shown_ == shown::last_pair ? result->moment : 1;
  return result->time;
}

void interpolate_transform::make(const frame_view<void>& out) {
  const auto start = clock::now();
  between_->run(moment_, out);
  making_ += seconds_from(start);
}

}  // namespace fluxel::cli
