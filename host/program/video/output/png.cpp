// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/output/png.hpp"

#include <new>

#include "host/program/video/failure.hpp"
#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

namespace {

void check(int status) {
  if (status == AVERROR(ENOMEM)) throw std::bad_alloc();
  if (status < 0) throw failure(fault::internal, "the PNG encoder failed: " + status_text(status));
}

/// @param bytes  packed pixels of the format.
std::vector<std::uint8_t> encode(const std::uint8_t* bytes, AVPixelFormat format, int width, int height) {
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
  if (codec == nullptr) throw failure(fault::internal, "this FFmpeg has no PNG encoder");
  const codec_ptr context(avcodec_alloc_context3(codec));
  const frame_ptr frame(av_frame_alloc());
  const packet_ptr packet(av_packet_alloc());
  if (!context || !frame || !packet) throw std::bad_alloc();
  context->width = frame->width = width;
  context->height = frame->height = height;
  context->pix_fmt = format;
  frame->format = format;
  context->time_base = {1, 25};
  check(avcodec_open2(context.get(), codec, nullptr));
  check(av_frame_get_buffer(frame.get(), 0));
  const int row = av_image_get_linesize(format, width, 0);
  av_image_copy_plane(frame->data[0], frame->linesize[0], bytes, row, row, height);
  check(avcodec_send_frame(context.get(), frame.get()));
  check(avcodec_send_frame(context.get(), nullptr));
  check(avcodec_receive_packet(context.get(), packet.get()));
  return {packet->data, packet->data + packet->size};
}

}  // namespace

std::vector<std::uint8_t> png_of_grey(std::span<const std::uint8_t> pixels, int width, int height) {
  return encode(pixels.data(), AV_PIX_FMT_GRAY8, width, height);
}

std::vector<std::uint8_t> png_of_rgb24(std::span<const std::uint8_t> pixels, int width, int height) {
  return encode(pixels.data(), AV_PIX_FMT_RGB24, width, height);
}

std::vector<std::uint8_t> png_of_rgb48(std::span<const std::uint16_t> pixels, int width, int height) {
  // Files hold the high byte first.
  std::vector<std::uint8_t> big(2 * pixels.size());
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    big[2 * i] = std::uint8_t(pixels[i] >> 8);
    big[2 * i + 1] = std::uint8_t(pixels[i]);
  }
  return encode(big.data(), AV_PIX_FMT_RGB48BE, width, height);
}

}  // namespace fluxel::video
