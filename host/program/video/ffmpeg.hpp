// SPDX-License-Identifier: Apache-2.0
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/buffer.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <cstdint>
#include <memory>
#include <string>

namespace fluxel::video {

template <auto Free>
struct free_by_address {
  template <class T>
  void operator()(T* p) const {
    Free(&p);
  }
};

using frame_ptr = std::unique_ptr<AVFrame, free_by_address<av_frame_free>>;
using packet_ptr = std::unique_ptr<AVPacket, free_by_address<av_packet_free>>;
using codec_ptr = std::unique_ptr<AVCodecContext, free_by_address<avcodec_free_context>>;
using input_ptr = std::unique_ptr<AVFormatContext, free_by_address<avformat_close_input>>;

struct free_output {
  void operator()(AVFormatContext* c) const {
    if (!(c->oformat->flags & AVFMT_NOFILE)) avio_closep(&c->pb);
    avformat_free_context(c);
  }
};
using output_ptr = std::unique_ptr<AVFormatContext, free_output>;

/// How long a frame lasts, in the time base of its stream; 0: not known.
std::int64_t& duration_of(AVFrame& frame);

/// FFmpeg's text of a status.
std::string status_text(int status);

/// Keep FFmpeg's messages for `last_message` instead of printing them; forgets those of an earlier job.
void capture_messages();

/// The last error that a component ("libx264", "mp4") reported, or an empty string.
std::string last_message(const std::string& component);

/// A dictionary that frees itself.
class dictionary {
 public:
  dictionary() = default;
  dictionary(const dictionary&) = delete;
  dictionary& operator=(const dictionary&) = delete;
  ~dictionary() { av_dict_free(&dict_); }

  void set(const char* key, const std::string& value) { av_dict_set(&dict_, key, value.c_str(), 0); }
  AVDictionary** address() { return &dict_; }
  /// The first key that no one took, or null.
  const char* leftover() const {
    const AVDictionaryEntry* e = av_dict_get(dict_, "", nullptr, AV_DICT_IGNORE_SUFFIX);
    return e ? e->key : nullptr;
  }

 private:
  AVDictionary* dict_ = nullptr;
};

}  // namespace fluxel::video
