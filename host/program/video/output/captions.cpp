// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <new>

#include "host/program/video/output/stream_converter.hpp"

namespace fluxel::video {

namespace {

bool is_text(AVCodecID id) {
  const AVCodecDescriptor* d = avcodec_descriptor_get(id);
  return d != nullptr && (d->props & AV_CODEC_PROP_TEXT_SUB);
}

class text_converter : public stream_converter {
 public:
  text_converter(codec_ptr decoder, codec_ptr encoder) : decoder_(std::move(decoder)), encoder_(std::move(encoder)) {}

  const AVCodecContext& context() const override { return *encoder_; }

  std::vector<packet_ptr> convert(const AVPacket* packet) override {
    std::vector<packet_ptr> out;
    if (packet == nullptr) return out;
    AVSubtitle text{};
    int found = 0;
    if (avcodec_decode_subtitle2(decoder_.get(), &text, &found, const_cast<AVPacket*>(packet)) < 0 || !found)
      return out;
    if (text.num_rects > 0)
      if (packet_ptr written = encode(text, *packet)) out.push_back(std::move(written));
    avsubtitle_free(&text);
    return out;
  }

 private:
  packet_ptr encode(AVSubtitle& text, const AVPacket& from) {
    constexpr int most_bytes = 1 << 16;
    packet_ptr packet(av_packet_alloc());
    if (!packet || av_new_packet(packet.get(), most_bytes) < 0) throw std::bad_alloc();
    const AVRational clock = encoder_->time_base;
    packet->pts = av_rescale_q(from.pts, decoder_->pkt_timebase, clock) +
                  av_rescale_q(text.start_display_time, {1, 1000}, clock);
    packet->duration = text.end_display_time > text.start_display_time && text.end_display_time != UINT32_MAX
                           ? av_rescale_q(text.end_display_time - text.start_display_time, {1, 1000}, clock)
                           : av_rescale_q(from.duration, decoder_->pkt_timebase, clock);
    packet->dts = packet->pts;
    text.pts = av_rescale_q(packet->pts, clock, AV_TIME_BASE_Q);
    text.end_display_time -= text.start_display_time;
    text.start_display_time = 0;
    const int bytes = avcodec_encode_subtitle(encoder_.get(), packet->data, most_bytes, &text);
    if (bytes <= 0) return nullptr;
    av_shrink_packet(packet.get(), bytes);
    return packet;
  }

  codec_ptr decoder_;
  codec_ptr encoder_;
};

}  // namespace

std::unique_ptr<stream_converter> make_text_converter(const AVStream& from, AVCodecID to,
                                                      const AVOutputFormat& container) {
  const AVCodec* decoder = avcodec_find_decoder(from.codecpar->codec_id);
  const AVCodec* encoder = avcodec_find_encoder(to);
  if (!is_text(from.codecpar->codec_id) || decoder == nullptr || encoder == nullptr) return nullptr;
  codec_ptr in(avcodec_alloc_context3(decoder)), out(avcodec_alloc_context3(encoder));
  if (!in || !out || avcodec_parameters_to_context(in.get(), from.codecpar) < 0) throw std::bad_alloc();
  in->pkt_timebase = in->time_base = from.time_base;
  if (avcodec_open2(in.get(), decoder, nullptr) < 0) return nullptr;
  out->time_base = {1, 1000000};
  if (container.flags & AVFMT_GLOBALHEADER) out->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  if (in->subtitle_header_size > 0) {
    out->subtitle_header = static_cast<std::uint8_t*>(av_mallocz(in->subtitle_header_size + 1));
    if (out->subtitle_header == nullptr) throw std::bad_alloc();
    std::memcpy(out->subtitle_header, in->subtitle_header, in->subtitle_header_size);
    out->subtitle_header_size = in->subtitle_header_size;
  }
  if (avcodec_open2(out.get(), encoder, nullptr) < 0) return nullptr;
  return std::make_unique<text_converter>(std::move(in), std::move(out));
}

}  // namespace fluxel::video
