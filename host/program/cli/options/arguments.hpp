// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fluxel/resize_options.hpp"

namespace fluxel::cli {

/// What every command that reads and writes a video takes.
struct video_arguments {
  std::string input;
  std::string output;
  std::vector<std::string> more;  ///< names after the input: the output, or with output_dir more inputs
  std::string output_dir;
  std::string output_name;  ///< a pattern of names in it
  std::string codec;
  std::string pixel_format;
  std::vector<std::string> codec_options;  ///< "key=value"
  int codec_threads = 0;
  std::optional<double> crf;
  std::string fps;
  std::string start, to, duration;  ///< as ffmpeg writes times; empty is not given
  std::optional<int> start_number;
  std::string rate;
  int stretch = 1;  ///< of the output's times
  std::string frame_md5;
  std::vector<std::string> streams;  ///< "v:0,a:1"
  std::string audio = "auto";
  bool no_audio = false;
  bool no_subtitles = false;
  std::vector<std::string> mux_options;  ///< "key=value"
  bool keep_partial = false;
  bool allow_damaged = false;
  std::string chroma_location;
  std::string deinterlace;  ///< which frames; empty: none
  int every = 1;
  std::string decode = "cpu";
  bool replace = false;  ///< -y
  bool keep = false;     ///< -n
  bool quiet = false;
  std::string progress = "auto";
  bool json = false;
};

/// Which processor, how many threads.
struct device_arguments {
  std::string device = "auto";
  int threads = 0;
};

struct resize_arguments {
  video_arguments video;
  device_arguments device;
  std::string size;
  std::string scale;
  std::string fit;
  std::string crop;
  std::string pad_color;
  bool square_pixels = false;
  std::string filter = "bilinear";
  std::optional<double> cubic_a;
  std::string cubic_bc;
  std::string linear_light;  ///< a transfer function, or "auto"; empty: none
  std::string coordinates = "half_pixel";
  bool antialias = true;
};

struct upsample_arguments {
  video_arguments video;
  device_arguments device;
  int factor = 0;
  std::string edge = "replicate";
};

/// Reads the command line. @returns the command to run; nothing when help or a version was printed.
/// @throws video::failure usage
std::function<int()> read_arguments(int argc, const char* const* argv);

}  // namespace fluxel::cli
