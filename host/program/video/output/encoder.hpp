// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "host/program/video/ffmpeg.hpp"
#include "host/program/video/frames/frames.hpp"
#include "host/program/video/job.hpp"
#include "host/program/video/output/pacing.hpp"
#include "host/program/video/output/timing.hpp"

namespace fluxel::video {

/// Encodes pictures; converts them where the encoder does not take their pixel format, and gives them the times that
/// the output can hold. It says both.
class encoder {
 public:
  using sink = std::function<void(packet_ptr)>;

  /// @param first  carries pixel format, size and color; its pixels are not read.
  /// @throws failure usage, output
  encoder(const output_options& options, const AVOutputFormat& container, const AVFrame& first,
          const picture_source& source, monitor& monitor);

  const AVCodecContext& context() const { return *context_; }

  /// @param out  takes finished packets, with times in the encoder's time base and with their frame's `opaque_ref`.
  void encode(frame_ptr frame, const sink& out);
  void finish(const sink& out);

  /// How long the last frame is shown, in the encoder's time base.
  std::int64_t last_duration() const { return last_duration_; }

 private:
  void choose_time_base(const output_options& options, const AVOutputFormat& container);
  void choose_pixel_format(const output_options& options, const AVOutputFormat& container, const AVFrame& first);
  void set_color(const AVFrame& first);
  void set_quality(const output_options& options, dictionary& values);
  void set_fields(const AVFrame& first);
  void set_own_options(const output_options& options, const AVOutputFormat& container, const AVFrame& first,
                       dictionary& values);
  void open(const output_options& options, const AVOutputFormat& container, const AVFrame& first);
  bool keeps_alpha() const;
  void send(frame_ptr frame);
  packet_ptr receive();
  void report_pace() const;

  picture_source source_;
  monitor& monitor_;
  const AVCodec* codec_ = nullptr;
  codec_ptr context_;
  converter convert_;
  pixel_target target_;
  bool convert_needed_ = false;
  bool palette_needed_ = false;  // after the conversion
  timing timing_;
  std::optional<pacer> pacer_;
  const sink* out_ = nullptr;  // of the call that is running
  std::int64_t last_duration_ = 0;
  // By time, for encoders drop them:
  std::map<std::int64_t, std::int64_t> durations_;
  std::map<std::int64_t, std::unique_ptr<AVBufferRef, free_by_address<av_buffer_unref>>> references_;
};

}  // namespace fluxel::video
