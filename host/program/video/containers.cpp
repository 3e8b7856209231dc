// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/containers.hpp"

#include <cstring>
#include <initializer_list>

#include "host/program/video/failure.hpp"

namespace fluxel::video {

namespace {

bool is_one_of(const AVOutputFormat& container, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (has_name(container, name)) return true;
  return false;
}

}  // namespace

const AVOutputFormat& container_for(const output_options& options) {
  if (options.kind == output_kind::nothing) return *av_guess_format("null", nullptr, nullptr);
  const AVOutputFormat* found =
      options.name == "-" ? nullptr : av_guess_format(nullptr, options.name.c_str(), nullptr);
  if (found == nullptr && options.kind == output_kind::stream)
    found = av_guess_format("yuv4mpegpipe", nullptr, nullptr);
  if (found == nullptr)
    throw failure(
        fault::usage,
        options.name +
            ": the ending of the name does not say which kind of file; try .mp4, .mkv, .webm, .png or .jpg");
  return *found;
}

bool writes_several_files(const std::string& name) {
  const AVOutputFormat* found = av_guess_format(nullptr, name.c_str(), nullptr);
  return found != nullptr && (has_name(*found, "hls") || has_name(*found, "dash"));
}

bool has_name(const AVOutputFormat& container, const char* name) { return std::strcmp(container.name, name) == 0; }

std::string describe_container(const AVOutputFormat& container) {
  if (writes_pictures(container)) return "a picture file";
  if (has_name(container, "yuv4mpegpipe")) return "a YUV4MPEG2 stream";
  return std::string("a file of the kind ") + container.name;
}

bool writes_pictures(const AVOutputFormat& container) { return has_name(container, "image2"); }

bool shows_square_pixels(const AVOutputFormat& container) {
  return writes_pictures(container) || is_one_of(container, {"gif", "apng", "webp"});
}

bool is_matroska(const AVOutputFormat& container) { return has_name(container, "matroska"); }

bool is_mov_family(const AVOutputFormat& container) {
  return is_one_of(container, {"mp4", "mov", "ipod", "3gp", "3g2", "psp", "f4v", "ismv"});
}

bool is_mov_family(const AVInputFormat& container) { return std::string(container.name).rfind("mov", 0) == 0; }

bool has_no_times(const AVOutputFormat& container) {
  if (writes_pictures(container) || has_name(container, "null")) return false;
  return (container.flags & AVFMT_NOTIMESTAMPS) || has_name(container, "yuv4mpegpipe");
}

// FFmpeg's own flag for it is missing in MP4 and others that have a time for each frame.
bool has_constant_rate(const AVOutputFormat& container) {
  return has_no_times(container) ||
         is_one_of(container, {"avi", "amv", "mxf", "mxf_d10", "mxf_opatom", "gxf", "dv", "swf", "avm2"});
}

}  // namespace fluxel::video
