// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "host/program/video/frames/digest.hpp"
#include "host/program/video/frames/side_data.hpp"
#include "host/program/video/input/reader.hpp"
#include "host/program/video/output/encoder.hpp"
#include "host/program/video/output/stream_plan.hpp"

namespace fluxel::video {

/// Writes the resized pictures and the other streams of a reader's file.
class writer {
 public:
  /// @throws failure usage  the name stands for no container.
  writer(const output_options& options, const reader& input, monitor& monitor);

  /// Opens the output. @param first  the first picture, as it will be written.
  void open(const AVFrame& first, const picture_source& source, keep_matrix matrix);

  void write(frame_ptr frame);
  void write(packet_ptr packet);
  void finish();

  /// One picture was asked for and has come.
  bool full() const { return full_; }

 private:
  AVStream* add_pictures(AVFormatContext& to, const AVFrame& first, const picture_source& source,
                         keep_matrix matrix) const;
  void add_streams(const AVFrame& first, const picture_source& source, keep_matrix matrix);
  void open_container();
  void write_header();
  void write_converted(stream_plan::entry& entry, const AVPacket* packet);
  void write_encoded(AVPacket& packet);
  void write_picture(const AVPacket& packet);
  void add_tags(AVPacket& packet);
  byte_block with_tags(const AVPacket& packet);
  void rescale(AVPacket& packet, AVRational base, const AVStream& stream);
  void mux(AVPacket& packet, const AVStream& stream);
  void set_last_duration();
  void check(int status) const;

  output_options options_;
  const reader& input_;
  monitor& monitor_;
  const AVOutputFormat& container_;
  std::optional<encoder> encoder_;
  std::optional<frame_digest> digest_;
  output_ptr context_;
  AVRational time_base_{};  // of the frames that come
  AVStream* pictures_ = nullptr;
  std::optional<stream_plan> plan_;
  std::vector<std::int64_t> last_dts_;     // by output stream
  std::vector<std::int64_t> last_sample_;  // the same
  std::vector<packet_ptr> early_;          // packets that came before the first picture
  int picture_number_ = 0;
  bool full_ = false;
  bool told_of_tags_ = false;  // that they are lost
};

}  // namespace fluxel::video
