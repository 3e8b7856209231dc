// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/output/timing.hpp"

#include <cstdio>

#include "host/program/video/containers.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/output/codec_choice.hpp"

extern "C" {
#include <libavutil/parseutils.h>
}

namespace fluxel::video {

namespace {

constexpr int most_mpeg4_ticks = 65535;  // 16 bits in the MPEG-4 header
constexpr AVRational gif_tick{1, 100};

/// Encoders that take the time base for the rate of frames: in their bit rate control, or in their headers.
bool takes_time_base_for_rate(AVCodecID id) {
  switch (id) {
    case AV_CODEC_ID_MPEG4:
    case AV_CODEC_ID_MSMPEG4V2:
    case AV_CODEC_ID_MSMPEG4V3:
    case AV_CODEC_ID_H261:
    case AV_CODEC_ID_H263:
    case AV_CODEC_ID_H263P:
    case AV_CODEC_ID_FLV1:
    case AV_CODEC_ID_WMV1:
    case AV_CODEC_ID_WMV2:
    case AV_CODEC_ID_RV10:
    case AV_CODEC_ID_RV20:
    case AV_CODEC_ID_SNOW:
      return true;
    default:
      return counts_frames(id);
  }
}

AVRational wanted_rate(const output_options& options, const picture_source& source) {
  if (options.frame_rate.empty()) return source.frame_rate;
  AVRational rate{};
  constexpr int fastest = 1000;
  if (av_parse_video_rate(&rate, options.frame_rate.c_str()) < 0 || av_q2d(rate) > fastest)
    throw failure(fault::usage,
                  "--fps " + options.frame_rate + ": write frames per second, for example 25 or 30000/1001");
  return rate;
}

}  // namespace

bool counts_frames(AVCodecID id) {
  return id == AV_CODEC_ID_MPEG1VIDEO || id == AV_CODEC_ID_MPEG2VIDEO || id == AV_CODEC_ID_THEORA;
}

std::string rate_text(AVRational rate) {
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", av_q2d(rate));
  return text;
}

timing choose_timing(const output_options& options, const AVOutputFormat& container, const AVCodec& codec,
                     const picture_source& source) {
  using rule = pace::rule;
  const AVRational wanted = wanted_rate(options, source);
  timing out;
  out.rate = allowed_rate(codec, wanted);
  if (codec.id == AV_CODEC_ID_MPEG4)
    av_reduce(&out.rate.num, &out.rate.den, out.rate.num, out.rate.den, most_mpeg4_ticks);
  out.pace.tick = av_inv_q(out.rate);
  out.pace.from_zero = has_no_times(container);
  const std::string uneven = "the frames come at an uneven rate, which ";
  if (av_cmp_q(allowed_rate(codec, wanted), wanted) != 0) {
    out.pace.how = rule::constant;
    out.why = std::string(codec.name) + " has no rate of " + rate_text(wanted) + " frames per second";
  } else if (!options.frame_rate.empty()) {
    out.pace.how = rule::constant;
    out.why = "--fps";
  } else if (has_constant_rate(container)) {
    out.pace.how = rule::constant;
    out.why = uneven + describe_container(container) + " cannot hold";
    out.hint = " (.mp4 and .mkv keep the times)";
  } else if (takes_time_base_for_rate(codec.id)) {
    out.pace.how = counts_frames(codec.id) ? rule::constant : rule::rounded;
    out.why = uneven + codec.name + " cannot hold";
    out.hint = " (libx264 keeps the times)";
  } else if (codec.id == AV_CODEC_ID_GIF) {
    out.pace = {rule::rounded, gif_tick};
    out.why = "GIF holds up to 100 frames per second";
  } else {
    out.pace = {rule::exact, source.time_base};
  }
  return out;
}

}  // namespace fluxel::video
