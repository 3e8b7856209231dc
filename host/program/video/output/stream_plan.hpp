// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "host/program/video/input/reader.hpp"
#include "host/program/video/job.hpp"
#include "host/program/video/output/muxer_trial.hpp"
#include "host/program/video/output/stream_converter.hpp"

namespace fluxel::video {

/// What becomes of every stream of an input: resized, copied, converted to what the container holds, or left out with
/// a note.
class stream_plan {
 public:
  /// @param pictures  adds the stream of resized pictures.
  stream_plan(const output_options& options, const reader& input, const AVOutputFormat& container, monitor& monitor,
              muxer_trial::adder pictures);

  struct entry {
    muxer_trial::adder add;                       ///< to the output, in the order of the input; null is left out
    std::unique_ptr<stream_converter> converter;  ///< null: packets are copied
    AVStream* stream = nullptr;                   ///< set by build
  };

  /// Adds the streams to the output.
  void build(AVFormatContext& output);
  entry& of(int input_stream) { return entries_[std::size_t(input_stream)]; }

 private:
  void decide(const AVStream& stream, entry& out);
  bool convert(const AVStream& stream, entry& out, std::unique_ptr<stream_converter> converter);
  bool convert_text(const AVStream& stream, entry& out);
  bool convert_sound(const AVStream& stream, entry& out);

  const output_options& options_;
  const reader& input_;
  const AVOutputFormat& container_;
  monitor& monitor_;
  muxer_trial trial_;
  std::vector<entry> entries_;
};

}  // namespace fluxel::video
