// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "host/program/video/ffmpeg.hpp"
#include "host/program/video/frames.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::video {

/// What an encoder has to know of the pictures to come.
struct picture_source {
  AVRational time_base{1, 25};
  AVRational frame_rate{25, 1};
  AVColorSpace assumed_matrix = AVCOL_SPC_SMPTE170M;
  field_order fields = field_order::progressive;
  ratio sample_aspect;
};

/// The container that a name stands for. Streams without a known name are YUV4MPEG2.
/// @throws failure usage
const AVOutputFormat& container_for(const output_options& options);

/// Encodes pictures; converts them where the encoder does not take their pixel format, and says so once.
class encoder {
 public:
  /// @param first  carries pixel format, size and color; its pixels are not read.
  /// @throws failure usage, output
  encoder(const output_options& options, const AVOutputFormat& container, const AVFrame& first,
          const picture_source& source, monitor& monitor);

  const AVCodecContext& context() const { return *context_; }

  /// A null frame ends the stream.
  void send(frame_ptr frame);

  /// The next finished packet, in the encoder's time base, or null.
  packet_ptr receive();

 private:
  void choose_time_base(const AVOutputFormat& container);
  void choose_pixel_format(const output_options& options, const AVOutputFormat& container, const AVFrame& first);
  void set_color(const AVFrame& first);
  void set_quality(const output_options& options, dictionary& values);
  void set_fields(const AVFrame& first);
  void open(const output_options& options);
  std::int64_t constant_rate_pts(std::int64_t pts);

  picture_source source_;
  monitor& monitor_;
  const AVCodec* codec_ = nullptr;
  codec_ptr context_;
  converter convert_;
  pixel_target target_;
  bool convert_needed_ = false;
  bool constant_rate_ = false;
  bool uneven_ = false;
  std::int64_t last_pts_ = INT64_MIN;
  std::map<std::int64_t, std::int64_t> durations_;  // by time: encoders drop them
};

}  // namespace fluxel::video
