// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/output/exr.hpp"

#include "host/program/video/output/one_picture.hpp"

namespace fluxel::video {

std::vector<std::uint8_t> exr_of_rgb(std::span<const float> rgb, int width, int height) {
  const frame_ptr frame = blank_frame(AV_PIX_FMT_GBRPF32LE, width, height);
  constexpr int plane_of[] = {2, 0, 1};  // FFmpeg's planes are G, B, R
  const float* sample = rgb.data();
  for (std::ptrdiff_t y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (const int p : plane_of) reinterpret_cast<float*>(frame->data[p] + y * frame->linesize[p])[x] = *sample++;
  return encode_picture(AV_CODEC_ID_EXR, "OpenEXR", frame, "compression=zip16");
}

}  // namespace fluxel::video
