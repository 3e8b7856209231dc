// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/output/codec_choice.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "host/program/video/containers.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/pixel_format.hpp"
#include "host/program/video/names.hpp"
#include "host/program/video/output/timing.hpp"

namespace fluxel::video {

namespace {

bool is_y4m(const AVOutputFormat& container) { return has_name(container, "yuv4mpegpipe"); }

/// What these call video is a cover picture.
bool holds_only_sound(const AVOutputFormat& container) {
  for (const char* name : {"mp3", "flac", "aiff", "oga", "opus"})
    if (has_name(container, name)) return true;
  return false;
}

bool is_jpeg(const AVCodec& codec) { return codec.id == AV_CODEC_ID_MJPEG; }

AVPixelFormat jpeg_variant(AVPixelFormat format) {
  switch (format) {
    case AV_PIX_FMT_YUV420P:
      return AV_PIX_FMT_YUVJ420P;
    case AV_PIX_FMT_YUV422P:
      return AV_PIX_FMT_YUVJ422P;
    case AV_PIX_FMT_YUV444P:
      return AV_PIX_FMT_YUVJ444P;
    default:
      return AV_PIX_FMT_NONE;
  }
}

AVPixelFormat plain_variant(AVPixelFormat format) {
  switch (format) {
    case AV_PIX_FMT_YUVJ420P:
      return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P:
      return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ444P:
      return AV_PIX_FMT_YUV444P;
    default:
      return format;
  }
}

/// FFmpeg writes TIFF files of an odd height in 4:2:0 that it cannot read, and YUV4MPEG2 of an odd width with chroma
/// rows that are one byte short when samples have two (seen in 5.1).
bool is_written_wrong(AVPixelFormat format, const AVCodec& codec, const AVOutputFormat& container,
                      const AVFrame& first) {
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(format);
  if (codec.id == AV_CODEC_ID_TIFF) return first.height % 2 != 0 && d->log2_chroma_h > 0;
  return is_y4m(container) && first.width % 2 != 0 && d->log2_chroma_w > 0 && d->comp[0].depth > 8;
}

bool contains(const std::vector<AVPixelFormat>& list, AVPixelFormat format) {
  return std::find(list.begin(), list.end(), format) != list.end();
}

AVPixelFormat best_of(const std::vector<AVPixelFormat>& list, AVPixelFormat from) {
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(from);
  const int has_alpha = d->flags & AV_PIX_FMT_FLAG_ALPHA ? 1 : 0;
  AVPixelFormat best = AV_PIX_FMT_NONE;
  for (const AVPixelFormat f : list) {
    if (!sws_isSupportedOutput(f)) continue;
    int loss = 0;
    best = best == AV_PIX_FMT_NONE ? f : av_find_best_pix_fmt_of_2(best, f, from, has_alpha, &loss);
  }
  return best;
}

std::string names_of(const std::vector<AVPixelFormat>& list) {
  std::string text;
  for (const AVPixelFormat f : list) text += (text.empty() ? "" : ", ") + std::string(av_get_pix_fmt_name(f));
  return text;
}

/// Full chroma is kept on request only: most players show nothing but 4:2:0.
AVPixelFormat usual_for_rgb(const std::vector<AVPixelFormat>& list, const AVCodec& codec, AVPixelFormat from) {
  const bool any_rgb = std::any_of(list.begin(), list.end(), is_rgb);
  if (codec.id == AV_CODEC_ID_MJPEG) return AV_PIX_FMT_NONE;  // viewers of JPEG show all of it
  if (is_rgb(from) && !any_rgb && contains(list, AV_PIX_FMT_YUV420P) && av_pix_fmt_desc_get(from)->comp[0].depth == 8)
    return AV_PIX_FMT_YUV420P;
  return AV_PIX_FMT_NONE;
}

AVPixelFormat choose_format(const std::vector<AVPixelFormat>& list, const AVCodec& codec, AVPixelFormat from) {
  const AVPixelFormat swapped = av_pix_fmt_swap_endianness(from);
  if (is_jpeg(codec) && contains(list, jpeg_variant(from))) return jpeg_variant(from);
  if (list.empty() || contains(list, from)) return from;
  if (codec.id == AV_CODEC_ID_GIF) return AV_PIX_FMT_PAL8;
  if (contains(list, swapped)) return swapped;
  const AVPixelFormat usual = usual_for_rgb(list, codec, from);
  return usual != AV_PIX_FMT_NONE ? usual : best_of(list, from);
}

AVPixelFormat named_format(const std::string& name, const std::vector<AVPixelFormat>& list, const AVCodec& codec) {
  const AVPixelFormat f = av_get_pix_fmt(name.c_str());
  if (f == AV_PIX_FMT_NONE) throw failure(fault::usage, "--pixel-format " + name + ": unknown; see ffmpeg -pix_fmts");
  if (!list.empty() && !contains(list, f))
    throw failure(fault::usage, "--pixel-format " + name + ": " + codec.name + " takes " + names_of(list));
  return f;
}

std::vector<std::string> video_encoder_names() {
  std::vector<std::string> names;
  void* at = nullptr;
  while (const AVCodec* c = av_codec_iterate(&at))
    if (av_codec_is_encoder(c) && c->type == AVMEDIA_TYPE_VIDEO) {
      names.push_back(c->name);
      names.push_back(avcodec_get_name(c->id));
    }
  return names;
}

/// Of what people call a codec and FFmpeg does not.
std::string usual_encoder(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  constexpr std::pair<const char*, const char*> list[] = {
      {"h265", "libx265"},   {"h.265", "libx265"},  {"x265", "libx265"},      {"h264", "libx264"},
      {"h.264", "libx264"},  {"x264", "libx264"},   {"avc", "libx264"},       {"xvid", "libxvid"},
      {"divx", "mpeg4"},     {"aom", "libaom-av1"}, {"svt-av1", "libsvtav1"}, {"svtav1", "libsvtav1"},
      {"rav1e", "librav1e"}, {"vpx", "libvpx-vp9"}, {"theora", "libtheora"},  {"mpeg2", "mpeg2video"},
      {"jpeg", "mjpeg"},     {"jpg", "mjpeg"}};
  for (const auto& [other, encoder] : list)
    if (name == other && avcodec_find_encoder_by_name(encoder) != nullptr) return encoder;
  return {};
}

const AVCodec* named_encoder(const std::string& name) {
  if (name == "copy")
    throw failure(fault::usage, "--codec copy: resized pictures have to be encoded; name an encoder");
  const AVCodec* codec = avcodec_find_encoder_by_name(name.c_str());
  if (codec == nullptr)
    if (const AVCodecDescriptor* d = avcodec_descriptor_get_by_name(name.c_str()))
      codec = avcodec_find_encoder(d->id);
  if (codec != nullptr && codec->type == AVMEDIA_TYPE_VIDEO) return codec;
  const std::string known = usual_encoder(name);
  const std::string near = known.empty() ? nearest_name(name, video_encoder_names()) : known;
  throw failure(fault::usage, "--codec " + name + ": FFmpeg has no such video encoder" +
                                  (near.empty() ? "; see ffmpeg -encoders" : "; did you mean " + near + "?"));
}

bool holds(const AVOutputFormat& container, AVCodecID id) {
  return avformat_query_codec(&container, id, FF_COMPLIANCE_EXPERIMENTAL) == 1 || has_name(container, "mpegts");
}

bool is_hdr(const AVFrame& first) {
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(first.format));
  return d->comp[0].depth > 8 &&
         (first.color_trc == AVCOL_TRC_SMPTE2084 || first.color_trc == AVCOL_TRC_ARIB_STD_B67);
}

/// The container's usual codec, unless it loses what another one of the same container keeps: uneven times and rates
/// that MPEG-2 has not, and high dynamic range, which devices play as HEVC.
AVCodecID usual_codec(const output_options& options, const AVOutputFormat& container, const AVFrame& first,
                      const picture_source& source) {
  const AVCodecID id = av_guess_codec(&container, nullptr, options.name.c_str(), nullptr, AVMEDIA_TYPE_VIDEO);
  const bool mpeg2 = id == AV_CODEC_ID_MPEG1VIDEO || id == AV_CODEC_ID_MPEG2VIDEO;
  if ((id == AV_CODEC_ID_H264 || mpeg2) && is_hdr(first) && holds(container, AV_CODEC_ID_HEVC) &&
      avcodec_find_encoder(AV_CODEC_ID_HEVC) != nullptr)
    return AV_CODEC_ID_HEVC;
  if (!mpeg2 || has_constant_rate(container) || !holds(container, AV_CODEC_ID_H264)) return id;
  const bool known_rate =
      av_cmp_q(allowed_rate(*avcodec_find_encoder(id), source.frame_rate), source.frame_rate) == 0;
  return source.even && known_rate ? id : AV_CODEC_ID_H264;
}

}  // namespace

const AVCodec& choose_encoder(const output_options& options, const AVOutputFormat& container, const AVFrame& first,
                              const picture_source& source) {
  if (!options.codec.empty()) {
    const AVCodec* codec = named_encoder(options.codec);
    if (avformat_query_codec(&container, codec->id, FF_COMPLIANCE_EXPERIMENTAL) == 0)
      throw failure(fault::usage, "--codec " + options.codec + ": " + container.name + " files cannot hold " +
                                      avcodec_get_name(codec->id) + "; choose another codec or an .mkv output");
    return *codec;
  }
  const AVCodecID id = usual_codec(options, container, first, source);
  if (id == AV_CODEC_ID_NONE || holds_only_sound(container))
    throw failure(fault::usage,
                  options.name + ": " + container.name + " files hold no pictures; try .mp4, .mkv or .png");
  const AVCodec* codec = avcodec_find_encoder(id);
  if (codec == nullptr)
    throw failure(fault::usage,
                  std::string("this FFmpeg has no encoder for ") + avcodec_get_name(id) + "; name one with --codec");
  return *codec;
}

std::vector<AVPixelFormat> formats_of(const AVCodec& codec, const AVOutputFormat& container) {
  if (is_y4m(container))
    return {AV_PIX_FMT_YUV420P,   AV_PIX_FMT_YUV422P,   AV_PIX_FMT_YUV444P,   AV_PIX_FMT_YUV411P,
            AV_PIX_FMT_GRAY8,     AV_PIX_FMT_YUV420P9,  AV_PIX_FMT_YUV422P9,  AV_PIX_FMT_YUV444P9,
            AV_PIX_FMT_YUV420P10, AV_PIX_FMT_YUV422P10, AV_PIX_FMT_YUV444P10, AV_PIX_FMT_YUV420P12,
            AV_PIX_FMT_YUV422P12, AV_PIX_FMT_YUV444P12, AV_PIX_FMT_YUV420P14, AV_PIX_FMT_YUV422P14,
            AV_PIX_FMT_YUV444P14, AV_PIX_FMT_YUV420P16, AV_PIX_FMT_YUV422P16, AV_PIX_FMT_YUV444P16,
            AV_PIX_FMT_GRAY9,     AV_PIX_FMT_GRAY10,    AV_PIX_FMT_GRAY12,    AV_PIX_FMT_GRAY16};
  const AVPixelFormat* list = nullptr;
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
  const void* configs = nullptr;
  if (avcodec_get_supported_config(nullptr, &codec, AV_CODEC_CONFIG_PIX_FORMAT, 0, &configs, nullptr) >= 0)
    list = static_cast<const AVPixelFormat*>(configs);
#else
  list = codec.pix_fmts;
#endif
  std::vector<AVPixelFormat> out;
  for (; list != nullptr && *list != AV_PIX_FMT_NONE; ++list) out.push_back(*list);
  return out;
}

pixel_target choose_pixels(const output_options& options, const AVCodec& codec, const AVOutputFormat& container,
                           const AVFrame& first) {
  const auto from = static_cast<AVPixelFormat>(first.format);
  auto list = formats_of(codec, container);
  std::erase_if(list, [&](AVPixelFormat f) { return is_written_wrong(f, codec, container, first); });
  pixel_target to;
  to.format = options.pixel_format.empty() ? choose_format(list, codec, from)
                                           : named_format(options.pixel_format, list, codec);
  const bool yuv_out = !is_rgb(to.format);
  if (is_jpeg(codec) && yuv_out) {
    to.range = AVCOL_RANGE_JPEG;
    to.matrix = AVCOL_SPC_BT470BG;
  } else if (yuv_out && is_rgb(from)) {
    to.range = AVCOL_RANGE_MPEG;
    to.matrix = first.height >= 720 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
  }
  // swscale and the rest of the program know YUVJ as full range only.
  if (plain_variant(to.format) != to.format) to.range = AVCOL_RANGE_JPEG;
  return to;
}

AVRational allowed_rate(const AVCodec& codec, AVRational rate) {
  const AVRational* list = nullptr;
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
  const void* configs = nullptr;
  if (avcodec_get_supported_config(nullptr, &codec, AV_CODEC_CONFIG_FRAME_RATE, 0, &configs, nullptr) >= 0)
    list = static_cast<const AVRational*>(configs);
#else
  list = codec.supported_framerates;
#endif
  return list == nullptr ? rate : list[av_find_nearest_q_idx(rate, list)];
}

}  // namespace fluxel::video
