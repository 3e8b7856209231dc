// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/input/exr_samples.hpp"

#include <variant>

#include "host/program/video/failure.hpp"
#include "host/program/video/input/reader.hpp"

namespace fluxel::video {

std::optional<float_samples> read_exr_samples(const std::string& name) {
  capture_messages();
  monitor silent;
  reader file({.name = name}, silent);
  std::optional<item> first = file.next();
  while (first && !std::holds_alternative<frame_ptr>(*first)) first = file.next();
  if (!first) throw failure(fault::input, name + ": has no picture");
  const AVFrame& frame = *std::get<frame_ptr>(*first);
  if (frame.format != AV_PIX_FMT_GBRPF32LE && frame.format != AV_PIX_FMT_GBRAPF32LE) return std::nullopt;
  float_samples out{frame.width, frame.height, {}};
  out.rgb.reserve(std::size_t(frame.width) * frame.height * 3);
  constexpr int plane_of[] = {2, 0, 1};  // FFmpeg's planes are G, B, R
  for (std::ptrdiff_t y = 0; y < frame.height; ++y)
    for (int x = 0; x < frame.width; ++x)
      for (const int p : plane_of)
        out.rgb.push_back(reinterpret_cast<const float*>(frame.data[p] + y * frame.linesize[p])[x]);
  return out;
}

}  // namespace fluxel::video
