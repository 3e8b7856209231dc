// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/output/muxer_trial.hpp"

#include <algorithm>
#include <cstdio>
#include <initializer_list>
#include <new>

#include "host/program/video/containers.hpp"

namespace fluxel::video {

namespace {

const AVOutputFormat& segments_of(const AVOutputFormat& container) {
  if (has_name(container, "hls")) return *av_guess_format("mpegts", nullptr, nullptr);
  if (has_name(container, "dash")) return *av_guess_format("mp4", nullptr, nullptr);
  return container;
}

/// The MPEG-TS muxer takes every codec, and writes most as data that no player knows.
bool mpegts_names(AVCodecID id) {
  for (const AVCodecID known : {AV_CODEC_ID_MPEG1VIDEO,
                                AV_CODEC_ID_MPEG2VIDEO,
                                AV_CODEC_ID_MPEG4,
                                AV_CODEC_ID_H264,
                                AV_CODEC_ID_HEVC,
                                AV_CODEC_ID_CAVS,
                                AV_CODEC_ID_AVS2,
                                AV_CODEC_ID_DIRAC,
                                AV_CODEC_ID_VC1,
                                AV_CODEC_ID_MP1,
                                AV_CODEC_ID_MP2,
                                AV_CODEC_ID_MP3,
                                AV_CODEC_ID_AAC,
                                AV_CODEC_ID_AAC_LATM,
                                AV_CODEC_ID_AC3,
                                AV_CODEC_ID_EAC3,
                                AV_CODEC_ID_DTS,
                                AV_CODEC_ID_TRUEHD,
                                AV_CODEC_ID_OPUS,
                                AV_CODEC_ID_S302M,
                                AV_CODEC_ID_DVB_SUBTITLE,
                                AV_CODEC_ID_DVB_TELETEXT,
                                AV_CODEC_ID_HDMV_PGS_SUBTITLE,
                                AV_CODEC_ID_TIMED_ID3,
                                AV_CODEC_ID_SMPTE_KLV})
    if (id == known) return true;
  return false;
}

int swallow(void* at, std::uint8_t*, int bytes) {
  *static_cast<std::int64_t*>(at) += bytes;
  return bytes;
}

std::int64_t jump(void* at, std::int64_t offset, int whence) {
  std::int64_t& position = *static_cast<std::int64_t*>(at);
  if (whence == AVSEEK_SIZE) return position;
  position = whence == SEEK_CUR ? position + offset : offset;
  return position;
}

}  // namespace

muxer_trial::muxer_trial(const AVOutputFormat& container) : container_(segments_of(container)) {}

bool muxer_trial::takes(const adder& add) {
  taken_.push_back(add);
  if (header_succeeds()) return true;
  if (taken_.size() == 1) known_ = false;
  if (!known_) return true;  // the real header tells what is wrong
  taken_.pop_back();
  return false;
}

bool muxer_trial::header_succeeds() const {
  constexpr int buffer_bytes = 4096;
  AVFormatContext* c = nullptr;
  if (avformat_alloc_output_context2(&c, const_cast<AVOutputFormat*>(&container_), nullptr, "trial") < 0)
    throw std::bad_alloc();
  const std::unique_ptr<AVFormatContext, decltype(&avformat_free_context)> context(c, avformat_free_context);
  c->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
  for (const adder& add : taken_) {
    const AVStream* stream = add(*c);
    if (stream == nullptr || stream->codecpar->codec_id == AV_CODEC_ID_NONE) return false;
    if (has_name(container_, "mpegts") && !mpegts_names(stream->codecpar->codec_id)) return false;
  }
  if (container_.flags & AVFMT_NOFILE) return true;
  std::int64_t position = 0;
  auto* buffer = static_cast<unsigned char*>(av_malloc(buffer_bytes));
  c->pb = avio_alloc_context(buffer, buffer_bytes, 1, &position, nullptr, swallow, jump);
  if (buffer == nullptr || c->pb == nullptr) throw std::bad_alloc();
  const bool good = avformat_write_header(c, nullptr) >= 0;
  avio_flush(c->pb);
  av_freep(&c->pb->buffer);
  avio_context_free(&c->pb);
  return good;
}

}  // namespace fluxel::video
