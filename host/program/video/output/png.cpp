// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/output/png.hpp"

#include "host/program/video/output/one_picture.hpp"

namespace fluxel::video {

namespace {

/// @param bytes  packed pixels of the format.
std::vector<std::uint8_t> encode(const std::uint8_t* bytes, AVPixelFormat format, int width, int height) {
  const frame_ptr frame = blank_frame(format, width, height);
  const int row = av_image_get_linesize(format, width, 0);
  av_image_copy_plane(frame->data[0], frame->linesize[0], bytes, row, row, height);
  return encode_picture(AV_CODEC_ID_PNG, "PNG", frame);
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
