// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "host/program/video/exif.hpp"
#include "host/program/video/ffmpeg.hpp"
#include "host/program/video/input/decoder_memory.hpp"
#include "host/program/video/input/packet_clock.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::video {

/// A decoded picture of the main video stream, or a packet of any other stream. Times count from the start of
/// the chosen part, in the time base of the stream.
using item = std::variant<frame_ptr, packet_ptr>;

/// Opens a file, decodes its main video stream and hands the packets of the others through.
class reader {
 public:
  /// @throws failure input
  reader(const input_options& options, monitor& monitor);

  /// The next picture or packet, in the order of the file; nothing at the end.
  /// @throws failure input  nothing could be decoded.
  std::optional<item> next();

  const AVFormatContext& container() const { return *container_; }

  /// The streams that the file began with. Other threads use this list: FFmpeg may move its own while it reads.
  const std::vector<const AVStream*>& streams() const { return streams_; }
  const AVStream& video() const { return *streams_[video_]; }
  const input_options& options() const { return options_; }
  /// Whether the user wants this stream; pictures that are resized are always wanted.
  bool chosen(const AVStream& stream) const;
  bool still() const;        ///< a single picture
  bool of_pictures() const;  ///< each of them a file; what a camera wrote about one is its `opaque_ref`
  /// Pictures to come are decoded into memory that this device reads by itself, where that can be. From any thread.
  void pin(int device) const { memory_->pin(device); }
  bool even() const { return even_; }  ///< the frames come at one rate, as far as the first ones tell

  /// Microseconds in the file where the chosen part starts and (if limited) ends.
  std::int64_t start() const { return start_; }
  std::int64_t length() const;  ///< of the chosen part, microseconds; 0 is unknown

  /// In words: what was expected and what was read. Empty when everything was read without an error.
  std::string damage() const;

 private:
  void open(const std::string& name);
  void choose_streams();
  const AVCodec* find_decoder() const;
  void open_decoder();
  void seek();
  void queue_attached_pictures();
  void look_ahead();
  int read_file(AVPacket& packet);
  int read_packet(AVPacket& packet);
  void decode(AVPacket* packet);
  bool accept(AVFrame& frame);
  bool accept(AVPacket& packet);
  bool finished() const;
  void note_packet(const AVPacket& packet);
  void attach_exif(AVFrame& frame);
  std::string missing() const;
  std::string why_nothing() const;

  input_options options_;
  monitor& monitor_;
  input_ptr container_;
  packet_clock clock_;
  std::unique_ptr<decoder_memory> memory_ = std::make_unique<decoder_memory>();
  codec_ptr decoder_;
  std::vector<const AVStream*> streams_;
  int video_ = -1;
  std::int64_t start_ = 0;
  std::optional<std::int64_t> end_;
  std::deque<item> ready_;
  std::deque<packet_ptr> ahead_;  // read to see whether the frames come at one rate
  bool even_ = true;
  std::vector<bool> past_end_;  // per stream
  std::vector<bool> began_;     // per stream: a copied stream begins with a key frame
  std::int64_t next_pts_ = 0;   // for frames without a time
  std::int64_t decoded_ = 0;
  std::int64_t delivered_ = 0;
  std::int64_t damaged_ = 0;
  std::int64_t packets_ = 0;                // of the pictures
  std::int64_t last_end_ = AV_NOPTS_VALUE;  // of all streams, microseconds
  bool all_streams_ = true;
  std::string read_error_;
  int bad_reads_ = 0;
  bool drained_ = false;
  std::map<std::int64_t, byte_block> exif_;  // of pictures that are not decoded yet, by time
};

/// Opens a decoder's input: "-", a sequence, a path or a URL.
input_ptr open_input(const input_options& options, monitor& monitor);

}  // namespace fluxel::video
