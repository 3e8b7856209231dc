// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/frames/pfm.hpp"

#include <cstddef>
#include <cstring>
#include <string>

namespace fluxel::video {

namespace {

constexpr float bottom = 0.25f, top = 0.75f;

void flip(AVFrame& frame) {
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  for (int p = 0; p < d->nb_components; ++p) {  // grey or planar, never subsampled
    frame.data[p] += std::ptrdiff_t{frame.height - 1} * frame.linesize[p];
    frame.linesize[p] = -frame.linesize[p];
  }
}

float float_at(const std::uint8_t* bytes) {
  float value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

codec_ptr open(const AVCodec* codec) {
  codec_ptr context(codec != nullptr ? avcodec_alloc_context3(codec) : nullptr);
  if (!context) return nullptr;
  context->width = 1, context->height = 2, context->pix_fmt = AV_PIX_FMT_GRAYF32LE, context->time_base = {1, 25};
  return avcodec_open2(context.get(), codec, nullptr) < 0 ? nullptr : std::move(context);
}

/// A picture of two pixels tells.
bool decoder_forgets() {
  const codec_ptr context = open(avcodec_find_decoder(AV_CODEC_ID_PFM));
  packet_ptr packet(av_packet_alloc());
  const frame_ptr frame(av_frame_alloc());
  std::string file = "Pf\n1 2\n-1.0\n";
  for (const float v : {bottom, top}) file.append(reinterpret_cast<const char*>(&v), sizeof v);
  if (!context || !packet || !frame || av_new_packet(packet.get(), int(file.size())) < 0) return false;
  std::memcpy(packet->data, file.data(), file.size());
  return avcodec_send_packet(context.get(), packet.get()) >= 0 && avcodec_send_packet(context.get(), nullptr) >= 0 &&
         avcodec_receive_frame(context.get(), frame.get()) >= 0 && float_at(frame->data[0]) == bottom;
}

bool encoder_forgets() {
  const codec_ptr context = open(avcodec_find_encoder(AV_CODEC_ID_PFM));
  const packet_ptr packet(av_packet_alloc());
  const frame_ptr frame(av_frame_alloc());
  if (!context || !packet || !frame) return false;
  frame->format = context->pix_fmt, frame->width = 1, frame->height = 2;
  if (av_frame_get_buffer(frame.get(), 0) < 0) return false;
  std::memcpy(frame->data[0], &top, sizeof top);
  std::memcpy(frame->data[0] + frame->linesize[0], &bottom, sizeof bottom);
  return avcodec_send_frame(context.get(), frame.get()) >= 0 && avcodec_send_frame(context.get(), nullptr) >= 0 &&
         avcodec_receive_packet(context.get(), packet.get()) >= 0 &&
         float_at(packet->data + packet->size - sizeof(float)) == bottom;  // the last row is to be the top one
}

}  // namespace

void stand_decoded_pfm_upright(AVFrame& frame, AVCodecID from) {
  if (from != AV_CODEC_ID_PFM) return;
  static const bool forgets = decoder_forgets();
  if (forgets) flip(frame);
}

void stand_pfm_for_encoder(AVFrame& frame, AVCodecID to) {
  if (to != AV_CODEC_ID_PFM) return;
  static const bool forgets = encoder_forgets();
  if (forgets) flip(frame);
}

}  // namespace fluxel::video
