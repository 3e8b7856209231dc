// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/program/video/frames/transform.hpp"

namespace fluxel::video {

class hardware_decoder;

/// NVIDIA's decoder. Nothing is asked of the device before the input is opened. @param device  -1: the first.
std::shared_ptr<hardware_decoder> nvdec(int device);

/// Which streams are wanted beside the pictures.
struct stream_selection {
  std::vector<std::string> only;  ///< "v:1", "a", "s:0" or a number: those alone; empty: all
  bool sound = true;
  bool subtitles = true;
};

enum class deinterlacing : int {
  none = 0,
  marked = 1,  ///< the frames that the file marks as interlaced
  all = 2,     ///< every frame
  fields = 3,  ///< the same, with a picture for every field: twice the rate
};

struct input_options {
  std::string name;                                       ///< path, URL, numbered sequence, or "-" for standard input
  std::optional<int> start_number;                        ///< of a sequence; otherwise the lowest number there is
  std::optional<std::int64_t> start;                      ///< microseconds; frames before are left out
  std::optional<std::int64_t> end;                        ///< microseconds; frames at or after are left out
  std::string frame_rate;                                 ///< of a sequence of pictures; empty: 25
  chroma_location chroma = chroma_location::unspecified;  ///< overrides what the file says
  stream_selection streams;
  deinterlacing deinterlace = deinterlacing::none;
  std::shared_ptr<hardware_decoder> hardware;  ///< decodes the pictures; none: the CPU does
  int every = 1;  ///< of the pictures (after deinterlacing) the first, and every Nth after it
};

enum class output_kind : int {
  file = 0,      ///< seekable, one file
  sequence = 1,  ///< one file per frame, numbered
  stream = 2,    ///< standard output, a pipe or a device
  nothing = 3,   ///< no video: the transform keeps or writes what it finds
  folder = 4,    ///< a playlist and its segments, in a folder of their own
};

enum class sound_mode : int {
  automatic = 0,  ///< copied where the container can hold it, else encoded
  copied = 1,     ///< copied or left out
  encoded = 2,    ///< in the container's usual codec
};

/// Pictures without noise, in which slow encoders find little that fast ones do not.
enum class drawing : int {
  none = 0,
  colors = 1,  ///< smooth, as those of a flow
  mask = 2,    ///< black and white
};

struct output_options {
  std::string name;  ///< as the user wrote it: decides the container
  std::string path;  ///< where to write: `name`, a temporary name, or "-"
  output_kind kind = output_kind::file;
  int start_number = 1;      ///< of a sequence
  std::string codec;         ///< empty: the container's usual one
  std::string pixel_format;  ///< empty: the input's where the encoder takes it
  std::vector<std::pair<std::string, std::string>> codec_options;
  std::vector<std::pair<std::string, std::string>> mux_options;
  sound_mode sound = sound_mode::automatic;
  int codec_threads = 0;  ///< 0: the encoder decides
  std::optional<double> crf;
  std::string frame_rate;  ///< empty: the input's times, as far as the output can hold them
  int stretch = 1;         ///< of the output's times: the pictures of a slower clip
  std::string frame_md5;   ///< path of the checksum file, "-", or empty
  drawing drawn = drawing::none;
};

/// What the job tells its caller while it runs, from its own threads.
struct monitor {
  std::function<void(const std::string&)> note = [](const std::string&) {};  ///< one line for the user
  std::atomic<bool> cancel = false;                                          ///< set by the caller: stop soon
  std::atomic<std::int64_t> frames = 0;                                      ///< encoded so far
  std::atomic<std::int64_t> position = 0;                                    ///< microseconds of the clip done
  std::atomic<std::int64_t> length = 0;  ///< microseconds of the clip; 0 is unknown
};

struct summary {
  std::int64_t frames = 0;
  size src;  ///< as they are shown: upright, with square pixels
  size dst;
  size stored_src;
  size stored_dst;
  std::string damage;  ///< of the input, in words: what could not be read; empty when all was
  /// Decoding, the steps between, encoding. Decoding, encoding and all between are threads: the longest of these
  /// three is what bounded the job.
  std::vector<step_time> times;
  std::string bound;  ///< the name of the longest step of the thread that bounded the job
};

/// Whether an output of this name is a playlist with segments beside it (HLS, DASH).
bool writes_several_files(const std::string& name);

/// Says early that an input cannot exist. @throws failure input
void check_input(const input_options& in);

/// Read the input, transform its pictures, write the output: decoding, transforming and encoding overlap.
/// Other streams, timestamps, metadata and color description are carried over.
/// @throws failure    with the fault's side.
/// @throws cancelled  `monitor.cancel` was set.
/// Returns when everything is written and every thread has ended.
summary run(const input_options& in, const output_options& out, frame_transform& transform, monitor& monitor);

/// "1:02:03.5", "83.2", "500ms": a time as ffmpeg writes it, in microseconds. Nothing when it is none.
std::optional<std::int64_t> parse_time(const std::string& text);

/// "25", "23.976", "60000/1001", up to 1000: frames per second. Nothing when it is none.
std::optional<ratio> parse_rate(const std::string& text);

/// Width and height of "hd720", "vga" and FFmpeg's other names. Nothing when it is none.
std::optional<std::pair<int, int>> parse_size_name(const std::string& name);

/// Whether FFmpeg knows this color: "white", "#2040ff", "red@0.5".
bool is_color(const std::string& name);

/// The version of FFmpeg in use, and the versions of its libraries.
std::string ffmpeg_version();

}  // namespace fluxel::video
