// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "host/program/video/failure.hpp"
#include "host/program/video/frames/filter_graph.hpp"
#include "host/program/video/output/stream_converter.hpp"

extern "C" {
#include <libavfilter/buffersink.h>
}

namespace fluxel::video {

namespace {

const AVCodec* usual_encoder(const AVOutputFormat& container) {
  const AVCodecID id = av_guess_codec(&container, nullptr, nullptr, nullptr, AVMEDIA_TYPE_AUDIO);
  const char* better = id == AV_CODEC_ID_VORBIS ? "libvorbis" : id == AV_CODEC_ID_OPUS ? "libopus" : nullptr;
  if (better != nullptr)
    if (const AVCodec* codec = avcodec_find_encoder_by_name(better)) return codec;
  return avcodec_find_encoder(id);
}

std::string layout_text(const AVChannelLayout& layout) {
  char text[128];
  av_channel_layout_describe(&layout, text, sizeof text);
  return text;
}

/// The filter that brings sound to what the encoder takes.
std::string formats_of(const AVCodec& codec) {
  std::string formats, rates, layouts;
  const auto join = [](std::string& list, const std::string& value) { list += (list.empty() ? "" : "|") + value; };
  for (const AVSampleFormat* f = codec.sample_fmts; f != nullptr && *f != AV_SAMPLE_FMT_NONE; ++f)
    join(formats, av_get_sample_fmt_name(*f));
  for (const int* r = codec.supported_samplerates; r != nullptr && *r != 0; ++r) join(rates, std::to_string(*r));
  for (const AVChannelLayout* l = codec.ch_layouts; l != nullptr && l->nb_channels > 0; ++l)
    join(layouts, layout_text(*l));
  std::string filter;
  const auto add = [&](const char* key, const std::string& list) {
    if (!list.empty()) filter += (filter.empty() ? "aformat=" : ":") + std::string(key) + '=' + list;
  };
  add("sample_fmts", formats), add("sample_rates", rates), add("channel_layouts", layouts);
  return filter.empty() ? "anull" : filter;
}

std::string source_of(const AVCodecParameters& p) {
  AVChannelLayout layout = p.ch_layout;
  if (layout.order == AV_CHANNEL_ORDER_UNSPEC) av_channel_layout_default(&layout, p.ch_layout.nb_channels);
  return "time_base=1/" + std::to_string(p.sample_rate) + ":sample_rate=" + std::to_string(p.sample_rate) +
         ":sample_fmt=" + av_get_sample_fmt_name(static_cast<AVSampleFormat>(p.format)) +
         ":channel_layout=" + layout_text(layout);
}

class sound_converter : public stream_converter {
 public:
  sound_converter(const AVStream& from, const AVCodec& encoder, codec_ptr decoder, const AVOutputFormat& container)
      : base_(from.time_base),
        rate_(from.codecpar->sample_rate),
        decoder_(std::move(decoder)),
        graph_("abuffer", source_of(*from.codecpar), formats_of(encoder)),
        encoder_(avcodec_alloc_context3(&encoder)) {
    if (!encoder_) throw std::bad_alloc();
    encoder_->sample_fmt = static_cast<AVSampleFormat>(av_buffersink_get_format(graph_.sink()));
    encoder_->sample_rate = av_buffersink_get_sample_rate(graph_.sink());
    av_buffersink_get_ch_layout(graph_.sink(), &encoder_->ch_layout);
    encoder_->time_base = {1, encoder_->sample_rate};
    encoder_->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
    if (container.flags & AVFMT_GLOBALHEADER) encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (avcodec_open2(encoder_.get(), &encoder, nullptr) < 0)
      throw failure(fault::output, std::string("the encoder ") + encoder.name + " refuses this sound");
    if (!(encoder.capabilities & AV_CODEC_CAP_VARIABLE_FRAME_SIZE) && encoder_->frame_size > 0)
      av_buffersink_set_frame_size(graph_.sink(), encoder_->frame_size);
  }

  const AVCodecContext& context() const override { return *encoder_; }

  std::vector<packet_ptr> convert(const AVPacket* packet) override {
    std::vector<packet_ptr> out;
    avcodec_send_packet(decoder_.get(), packet);  // a damaged packet is a short silence
    for (frame_ptr frame = new_frame(); avcodec_receive_frame(decoder_.get(), frame.get()) >= 0;
         frame = new_frame()) {
      set_time(*frame);
      graph_.put(frame.get());
      encode_filtered(out);
    }
    if (packet == nullptr) {
      graph_.put(nullptr);
      encode_filtered(out);
      encode(nullptr, out);
    }
    return out;
  }

 private:
  static frame_ptr new_frame() {
    frame_ptr frame(av_frame_alloc());
    if (!frame) throw std::bad_alloc();
    return frame;
  }

  /// Samples follow each other; only a real gap moves them. Clocks of containers round.
  void set_time(AVFrame& frame) {
    const std::int64_t told = frame.best_effort_timestamp == AV_NOPTS_VALUE
                                  ? next_
                                  : av_rescale_q(frame.best_effort_timestamp, base_, {1, rate_});
    const std::int64_t tolerance = rate_ / 20;
    if (next_ == AV_NOPTS_VALUE || std::abs(told - next_) > tolerance) next_ = told == AV_NOPTS_VALUE ? 0 : told;
    frame.pts = next_;
    next_ += frame.nb_samples;
  }

  void encode_filtered(std::vector<packet_ptr>& out) {
    while (frame_ptr frame = graph_.take()) encode(frame.get(), out);
  }

  void encode(const AVFrame* frame, std::vector<packet_ptr>& out) {
    const int status = avcodec_send_frame(encoder_.get(), frame);
    if (status < 0 && status != AVERROR_EOF)
      throw failure(fault::output,
                    std::string("the encoder ") + encoder_->codec->name + " failed: " + status_text(status));
    for (;;) {
      packet_ptr packet(av_packet_alloc());
      if (!packet) throw std::bad_alloc();
      if (avcodec_receive_packet(encoder_.get(), packet.get()) < 0) return;
      out.push_back(std::move(packet));
    }
  }

  AVRational base_;
  int rate_;
  std::int64_t next_ = AV_NOPTS_VALUE;
  codec_ptr decoder_;
  filter_graph graph_;
  codec_ptr encoder_;
};

}  // namespace

std::unique_ptr<stream_converter> make_sound_converter(const AVStream& from, const AVOutputFormat& container) {
  const AVCodecParameters& p = *from.codecpar;
  const AVCodec* encoder = usual_encoder(container);
  const AVCodec* decoder = avcodec_find_decoder(p.codec_id);
  if (encoder == nullptr || decoder == nullptr || p.sample_rate <= 0 || p.format < 0) return nullptr;
  codec_ptr context(avcodec_alloc_context3(decoder));
  if (!context || avcodec_parameters_to_context(context.get(), &p) < 0) throw std::bad_alloc();
  context->pkt_timebase = from.time_base;
  if (avcodec_open2(context.get(), decoder, nullptr) < 0) return nullptr;
  return std::make_unique<sound_converter>(from, *encoder, std::move(context), container);
}

}  // namespace fluxel::video
