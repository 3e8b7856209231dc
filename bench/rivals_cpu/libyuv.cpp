// SPDX-License-Identifier: Apache-2.0
// libyuv's kFilterBilinear: bytes of one, three or four channels, one thread. Its weights have 7 bits and its first
// pixel center is its own when it reduces, which the errors beside the times show.
#include <libyuv/cpu_id.h>
#include <libyuv/scale.h>
#include <libyuv/scale_argb.h>
#include <libyuv/scale_rgb.h>
#include <libyuv/version.h>

#include "bench/rivals_cpu/rival.hpp"

namespace fluxel::bench {
namespace {

using scale = int (*)(const uint8_t*, int, int, int, uint8_t*, int, int, int, libyuv::FilterMode);

int scale_plane(const uint8_t* from, int pitch, int width, int height, uint8_t* to, int to_pitch, int to_width,
                int to_height, libyuv::FilterMode filter) {
  libyuv::ScalePlane(from, pitch, width, height, to, to_pitch, to_width, to_height, filter);
  return 0;
}

int scale_argb(const uint8_t* from, int pitch, int width, int height, uint8_t* to, int to_pitch, int to_width,
               int to_height, libyuv::FilterMode filter) {
  return libyuv::ARGBScale(from, pitch, width, height, to, to_pitch, to_width, to_height, filter);
}

scale function_of(int channels) {
  switch (channels) {
    case 1:
      return scale_plane;
    case 3:
      return libyuv::RGBScale;
    case 4:
      return scale_argb;
    default:
      return nullptr;
  }
}

prepared_call prepare(const resize_task& task) {
  const scale function = function_of(task.channels);
  if (function == nullptr || task.type != element_type::u8 || task.planes != 1 || task.threads != 1 ||
      task.filter != interpolation::linear)
    return {};
  if (held_to_avx2())
    libyuv::MaskCpuFlags(libyuv::InitCpuFlags() & ~(libyuv::kCpuHasAVX512BW | libyuv::kCpuHasAVX512VBMI));
  return {[task, function] {
            function(static_cast<const uint8_t*>(task.from), static_cast<int>(task.src_pitch()), task.src.width,
                     task.src.height, static_cast<uint8_t*>(task.to), static_cast<int>(task.dst_pitch()),
                     task.dst.width, task.dst.height, libyuv::kFilterBilinear);
          },
          {}};
}

const registered_rival entry({"libyuv", std::to_string(LIBYUV_VERSION), prepare});

}  // namespace
}  // namespace fluxel::bench
