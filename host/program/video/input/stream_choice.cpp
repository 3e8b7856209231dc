// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/input/stream_choice.hpp"

#include <utility>

#include "host/program/video/failure.hpp"

namespace fluxel::video {

namespace {

/// "a:1", "v" or "3". @param alike  how many streams of the same type come before it, covers not counted.
bool is_named(const AVStream& stream, int alike, const std::string& name) {
  if (name.find_first_not_of("0123456789") == std::string::npos) return name == std::to_string(stream.index);
  constexpr std::pair<char, AVMediaType> types[] = {{'v', AVMEDIA_TYPE_VIDEO},
                                                    {'a', AVMEDIA_TYPE_AUDIO},
                                                    {'s', AVMEDIA_TYPE_SUBTITLE},
                                                    {'d', AVMEDIA_TYPE_DATA},
                                                    {'t', AVMEDIA_TYPE_ATTACHMENT}};
  if (is_attached_picture(stream)) return false;
  for (const auto& [letter, type] : types)
    if (name[0] == letter && stream.codecpar->codec_type == type)
      return name.size() == 1 || name.substr(2) == std::to_string(alike);
  return false;
}

}  // namespace

bool is_attached_picture(const AVStream& stream) { return stream.disposition & AV_DISPOSITION_ATTACHED_PIC; }

bool is_named(const AVFormatContext& c, const AVStream& stream, const std::string& name) {
  int alike = 0;
  for (int i = 0; i < stream.index; ++i)
    alike += c.streams[i]->codecpar->codec_type == stream.codecpar->codec_type && !is_attached_picture(*c.streams[i]);
  return is_named(stream, alike, name);
}

int main_video(const AVFormatContext& c, const std::string& file, const stream_selection& selection) {
  for (const std::string& wanted : selection.only) {
    bool found = false;
    for (unsigned i = 0; i < c.nb_streams; ++i) found |= is_named(c, *c.streams[i], wanted);
    if (!found) throw failure(fault::usage, "--streams " + wanted + ": " + file + " has no such stream");
  }
  for (const std::string& wanted : selection.only)
    for (unsigned i = 0; i < c.nb_streams; ++i)
      if (c.streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO && is_named(c, *c.streams[i], wanted))
        return int(i);
  int index = av_find_best_stream(const_cast<AVFormatContext*>(&c), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (index >= 0 && is_attached_picture(*c.streams[index])) {
    index = -1;
    for (unsigned i = 0; i < c.nb_streams && index < 0; ++i)
      if (c.streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !is_attached_picture(*c.streams[i]))
        index = int(i);
  }
  if (index < 0) throw failure(fault::input, file + ": has no video, only other streams");
  return index;
}

}  // namespace fluxel::video
