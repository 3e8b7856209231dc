// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/ffmpeg.hpp"

#include <map>
#include <mutex>

#include "host/program/video/job.hpp"

extern "C" {
#include <libavutil/parseutils.h>
}

namespace fluxel::video {

namespace {

std::mutex messages_mutex;
std::map<std::string, std::string> messages;

void keep_message(void* object, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR || object == nullptr) return;
  char text[512];
  std::vsnprintf(text, sizeof text, format, arguments);
  const AVClass* type = *static_cast<AVClass**>(object);
  if (type == nullptr || type->item_name == nullptr) return;
  std::string line = text;
  while (!line.empty() && (line.back() == '\n' || line.back() == '.')) line.pop_back();
  const std::lock_guard lock(messages_mutex);
  if (!line.empty()) messages[type->item_name(object)] = line;
}

}  // namespace

std::int64_t& duration_of(AVFrame& frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
  return frame.duration;
#else
  return frame.pkt_duration;
#endif
}

std::string status_text(int status) {
  char text[AV_ERROR_MAX_STRING_SIZE];
  av_strerror(status, text, sizeof text);
  return text;
}

void capture_messages() {
  const std::lock_guard lock(messages_mutex);
  messages.clear();
  av_log_set_callback(keep_message);
}

std::string last_message(const std::string& component) {
  const std::lock_guard lock(messages_mutex);
  const auto found = messages.find(component);
  return found == messages.end() ? std::string() : found->second;
}

std::optional<std::int64_t> parse_time(const std::string& text) {
  std::int64_t us = 0;
  if (text.empty() || av_parse_time(&us, text.c_str(), 1) < 0) return std::nullopt;
  return us;
}

std::optional<ratio> parse_rate(const std::string& text) {
  constexpr int fastest = 1000;
  AVRational rate{};
  if (av_parse_video_rate(&rate, text.c_str()) < 0 || av_q2d(rate) > fastest) return std::nullopt;
  return ratio{rate.num, rate.den};
}

std::optional<std::pair<int, int>> parse_size_name(const std::string& name) {
  int width = 0, height = 0;
  if (name.empty() || av_parse_video_size(&width, &height, name.c_str()) < 0) return std::nullopt;
  return std::pair(width, height);
}

std::string ffmpeg_version() {
  const auto one = [](const char* name, unsigned v) {
    return std::string(name) + ' ' + std::to_string(AV_VERSION_MAJOR(v)) + '.' + std::to_string(AV_VERSION_MINOR(v)) +
           '.' + std::to_string(AV_VERSION_MICRO(v));
  };
  return std::string(av_version_info()) + " (" + one("libavcodec", avcodec_version()) + ", " +
         one("libavformat", avformat_version()) + ", " + one("libswscale", swscale_version()) + ")";
}

}  // namespace fluxel::video
