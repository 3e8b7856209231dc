// SPDX-License-Identifier: Apache-2.0
// libswscale's SWS_BILINEAR, which antialiases when it reduces. Bytes of one, three or four channels; three and four
// go through its planes of 15 bits.
extern "C" {
#include <libavutil/cpu.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

#include <memory>

#include "bench/rivals_cpu/rival.hpp"

namespace fluxel::bench {
namespace {

AVPixelFormat format_of(const resize_task& task) {
  if (task.type != element_type::u8 || task.planes != 1) return AV_PIX_FMT_NONE;
  switch (task.channels) {
    case 1:
      return AV_PIX_FMT_GRAY8;
    case 3:
      return AV_PIX_FMT_RGB24;
    case 4:
      return AV_PIX_FMT_RGBA;
    default:
      return AV_PIX_FMT_NONE;
  }
}

prepared_call prepare(const resize_task& task) {
  const AVPixelFormat format = format_of(task);
  if (format == AV_PIX_FMT_NONE || task.threads != 1 || task.filter != interpolation::linear) return {};
  if (held_to_avx2()) av_force_cpu_flags(av_get_cpu_flags() & ~(AV_CPU_FLAG_AVX512 | AV_CPU_FLAG_AVX512ICL));
  const std::shared_ptr<SwsContext> context(
      sws_getContext(task.src.width, task.src.height, format, task.dst.width, task.dst.height, format,
                     SWS_BILINEAR | SWS_ACCURATE_RND, nullptr, nullptr, nullptr),
      sws_freeContext);
  if (context == nullptr) return {};
  return {[task, context] {
            const auto* from = static_cast<const std::uint8_t*>(task.from);
            auto* to = static_cast<std::uint8_t*>(task.to);
            const int from_pitch = static_cast<int>(task.src_pitch()), to_pitch = static_cast<int>(task.dst_pitch());
            sws_scale(context.get(), &from, &from_pitch, 0, task.src.height, &to, &to_pitch);
          },
          {}};
}

const registered_rival entry({"swscale", AV_STRINGIFY(LIBSWSCALE_VERSION), prepare});

}  // namespace
}  // namespace fluxel::bench
