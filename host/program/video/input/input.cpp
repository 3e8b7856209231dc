// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "host/program/video/failure.hpp"
#include "host/program/video/input/reader.hpp"
#include "host/program/video/input/sequence.hpp"

namespace fluxel::video {

namespace {

namespace fs = std::filesystem;

bool exists(const std::string& name) {
  std::error_code none;
  return fs::exists(name, none);
}

int interrupted(void* monitor) { return static_cast<video::monitor*>(monitor)->cancel.load() ? 1 : 0; }

struct source {
  std::string url;
  const char* format = nullptr;
  dictionary options;
};

void find_sequence(const sequence_name& name, const input_options& in, monitor& monitor, source& out) {
  const auto numbers = name.existing();
  if (numbers.empty())
    throw failure(fault::input,
                  in.name + ": no file of this sequence exists: check the folder and the number of digits");
  const int first = in.start_number.value_or(numbers.front());
  if (!exists(name.file(first)))
    throw failure(fault::input,
                  name.file(first) + ": no such file; the sequence starts at " + std::to_string(numbers.front()));
  int last = first;
  while (exists(name.file(last + 1))) ++last;
  if (numbers.back() > last) monitor.note(name.file(last + 1) + " is missing: the sequence ends before it");
  out.url = name.ffmpeg_pattern(name.folder());
  out.format = "image2";
  out.options.set("start_number", std::to_string(first));
  out.options.set("start_number_range", "1");
  if (!in.frame_rate.empty()) out.options.set("framerate", in.frame_rate);
}

void find_source(const input_options& in, monitor& monitor, source& out) {
  const auto sequence = exists(in.name) ? std::nullopt : sequence_name::parse(in.name);
  if (!in.frame_rate.empty() && !sequence)
    throw failure(fault::usage, "--rate goes with a sequence such as frame%04d.png, which " + in.name +
                                    " is not; --fps is the rate of the output");
  if (!in.frame_rate.empty() && !parse_rate(in.frame_rate))
    throw failure(fault::usage,
                  "--rate " + in.frame_rate + ": write frames per second, for example 25 or 30000/1001");
  if (in.name == "-") {
    out.url = "pipe:0";
  } else if (exists(in.name)) {
    std::error_code none;
    if (fs::is_directory(in.name, none))
      throw failure(fault::input,
                    in.name + ": is a folder; name a file, or a sequence such as " + in.name + "/frame%04d.png");
    out.url = "file:" + in.name;
    out.options.set("pattern_type", "none");
  } else if (sequence) {
    find_sequence(*sequence, in, monitor, out);
  } else if (in.name.find("://") != std::string::npos) {
    out.url = in.name;
  } else {
    throw failure(fault::input, in.name + ": no such file");
  }
}

}  // namespace

void check_input(const input_options& in) {
  monitor silent;
  source none;
  find_source(in, silent, none);
}

input_ptr open_input(const input_options& options, monitor& monitor) {
  source from;
  find_source(options, monitor, from);
  AVFormatContext* c = avformat_alloc_context();
  if (!c) throw std::bad_alloc();
  c->interrupt_callback = {interrupted, &monitor};
  const AVInputFormat* format = from.format ? av_find_input_format(from.format) : nullptr;
  const int status = avformat_open_input(&c, from.url.c_str(), format, from.options.address());
  if (status == AVERROR_EXIT) throw cancelled{};
  if (status == AVERROR_INVALIDDATA || status == AVERROR_EOF)
    throw failure(fault::input, options.name + ": not a video or picture that FFmpeg can read");
  if (status < 0) throw failure(fault::input, options.name + ": " + status_text(status));
  input_ptr container(c);
  // FFmpeg shows any text as colored letters; that is never what a user of this program has.
  if (std::string(c->iformat->name) == "tty")
    throw failure(fault::input, options.name + ": not a video or picture that FFmpeg can read");
  const int found = avformat_find_stream_info(c, nullptr);
  if (monitor.cancel) throw cancelled{};
  if (found < 0) throw failure(fault::input, options.name + ": " + status_text(found));
  return container;
}

}  // namespace fluxel::video
