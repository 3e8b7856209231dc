// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/output/one_picture.hpp"

#include <new>
#include <string>

#include "host/program/video/failure.hpp"

namespace fluxel::video {

namespace {

void check(int status, const char* format) {
  if (status == AVERROR(ENOMEM)) throw std::bad_alloc();
  if (status < 0)
    throw failure(fault::internal, "the " + std::string(format) + " encoder failed: " + status_text(status));
}

}  // namespace

frame_ptr blank_frame(AVPixelFormat format, int width, int height) {
  frame_ptr frame(av_frame_alloc());
  if (!frame) throw std::bad_alloc();
  frame->format = format;
  frame->width = width;
  frame->height = height;
  if (av_frame_get_buffer(frame.get(), 0) < 0) throw std::bad_alloc();
  return frame;
}

std::vector<std::uint8_t> encode_picture(AVCodecID id, const char* format, const frame_ptr& frame,
                                         const char* options) {
  const AVCodec* codec = avcodec_find_encoder(id);
  if (codec == nullptr) throw failure(fault::internal, "this FFmpeg has no " + std::string(format) + " encoder");
  const codec_ptr context(avcodec_alloc_context3(codec));
  const packet_ptr packet(av_packet_alloc());
  if (!context || !packet) throw std::bad_alloc();
  context->width = frame->width;
  context->height = frame->height;
  context->pix_fmt = AVPixelFormat(frame->format);
  context->time_base = {1, 25};
  check(av_set_options_string(context->priv_data, options, "=", ":"), format);
  check(avcodec_open2(context.get(), codec, nullptr), format);
  check(avcodec_send_frame(context.get(), frame.get()), format);
  check(avcodec_send_frame(context.get(), nullptr), format);
  check(avcodec_receive_packet(context.get(), packet.get()), format);
  return {packet->data, packet->data + packet->size};
}

}  // namespace fluxel::video
