// SPDX-License-Identifier: Apache-2.0
// What a reader says about an input that is not whole.

#include <algorithm>
#include <cstdio>

#include "host/program/video/containers.hpp"
#include "host/program/video/input/reader.hpp"

namespace fluxel::video {

/// What the file announced and did not have. Only of files that are read from start to end.
std::string reader::missing() const {
  if (!drained_ || end_ || options_.start.value_or(0) > 0 || still()) return {};
  const std::string format = container_->iformat->name;
  const auto expected = avformat_index_get_entries_count(container_->streams[video_]);
  if (is_mov_family(*container_->iformat) && packets_ < expected)
    return "of " + std::to_string(expected) + " frames, " + std::to_string(packets_) + " were there";
  // Headers that announce a length; other formats (MPEG-TS) derive it from what is there. Matroska may show its last
  // frame for long without saying so, but tells when it ends in the middle.
  const bool matroska = format.find("matroska") != std::string::npos;
  const bool announced = format == "flv" || format == "asf" || format == "avi" || is_mov_family(*container_->iformat);
  if (container_->duration <= 0 || last_end_ == AV_NOPTS_VALUE) return {};
  const std::int64_t begin = container_->start_time == AV_NOPTS_VALUE ? 0 : container_->start_time;
  const double length = 1e-6 * double(container_->duration), got = 1e-6 * double(last_end_ - begin);
  const double tolerance = std::max(0.5, 0.02 * length);
  const bool cut = matroska ? last_message(format).find("prematurely") != std::string::npos
                            : announced && all_streams_ && got < length - tolerance;
  if (!cut) return {};
  char text[96];
  std::snprintf(text, sizeof text, "of %.2f s, %.2f s were there (%lld frames)", length, got,
                static_cast<long long>(packets_));
  return text;
}

std::string reader::damage() const {
  std::string text = missing();
  if (damaged_ > 0 && still()) return "the picture is incomplete";
  if (damaged_ > 0)
    text += (text.empty() ? "" : ", ") + std::to_string(damaged_) +
            (damaged_ == 1 ? " decoding error" : " decoding errors");
  if (!read_error_.empty()) text += (text.empty() ? "" : ", ") + ("reading stopped early: " + read_error_);
  return text;
}

std::string reader::why_nothing() const {
  const bool pipe = container_->pb != nullptr && !(container_->pb->seekable & AVIO_SEEKABLE_NORMAL);
  if (pipe && std::string(container_->iformat->name).find("mp4") != std::string::npos)
    return ": the index of this MP4 is at its end, which a pipe cannot reach; name the file instead";
  return damage().empty() ? "" : " (" + damage() + ")";
}

}  // namespace fluxel::video
