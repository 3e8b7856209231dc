// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/encoder.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "host/program/video/codec_choice.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/pixel_format.hpp"

namespace fluxel::video {

namespace {

constexpr int most_mpeg4_ticks = 65535;  // 16 bits in the MPEG-4 header

std::int64_t& duration_of(AVFrame& frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
  return frame.duration;
#else
  return frame.pkt_duration;
#endif
}

/// Containers without a time for each frame. FFmpeg's own flag for it is missing in MP4 and others that have one.
bool has_constant_rate(const AVOutputFormat& container) {
  for (const char* name : {"avi", "amv", "yuv4mpegpipe", "mxf", "mxf_d10", "mxf_opatom", "gxf", "dv", "swf", "avm2"})
    if (std::strcmp(container.name, name) == 0) return true;
  return false;
}

/// Encoders that look poor at their default of 200 kbit/s: constant quality instead.
int default_quantiser(AVCodecID id) {
  switch (id) {
    case AV_CODEC_ID_MJPEG:
      return 2;
    case AV_CODEC_ID_MPEG4:
    case AV_CODEC_ID_MSMPEG4V2:
    case AV_CODEC_ID_MSMPEG4V3:
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO:
    case AV_CODEC_ID_H263P:
    case AV_CODEC_ID_WMV1:
    case AV_CODEC_ID_WMV2:
    case AV_CODEC_ID_FLV1:
      return 3;
    default:
      return 0;
  }
}

bool marks_fields(AVCodecID id) {
  return id == AV_CODEC_ID_H264 || id == AV_CODEC_ID_MPEG2VIDEO || id == AV_CODEC_ID_MPEG4 ||
         id == AV_CODEC_ID_PRORES || id == AV_CODEC_ID_DNXHD;
}

bool same_matrix(AVColorSpace a, AVColorSpace b) {
  const auto is_601 = [](AVColorSpace m) { return m == AVCOL_SPC_BT470BG || m == AVCOL_SPC_SMPTE170M; };
  return a == b || (is_601(a) && is_601(b));
}

/// The same samples in another order, of channels or bytes.
bool only_rearranged(AVPixelFormat from, AVPixelFormat to) {
  const auto* a = av_pix_fmt_desc_get(from);
  const auto* b = av_pix_fmt_desc_get(to);
  return to == av_pix_fmt_swap_endianness(from) ||
         (is_rgb(from) && is_rgb(to) && a->nb_components == b->nb_components &&
          a->comp[0].depth == b->comp[0].depth &&
          !((a->flags ^ b->flags) & (AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_FLOAT)));
}

/// One line why the encoder refused (which resets its context's codec), and what to do about sizes.
std::string refusal(const AVCodecContext& c, const char* name, int status) {
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(c.pix_fmt);
  const int step_x = 1 << d->log2_chroma_w;
  const int step_y = (1 << d->log2_chroma_h) * (c.flags & AV_CODEC_FLAG_INTERLACED_DCT ? 2 : 1);
  const std::string size = std::to_string(c.width) + 'x' + std::to_string(c.height);
  if (c.width % step_x != 0 || c.height % step_y != 0)
    return std::string(name) + " cannot encode " + size + " as " + d->name + ": width has to be a multiple of " +
           std::to_string(step_x) + " and height of " + std::to_string(step_y) + "; try --size " +
           std::to_string(std::max(step_x, c.width / step_x * step_x)) + 'x' +
           std::to_string(std::max(step_y, c.height / step_y * step_y)) + ", or 1280x-" + std::to_string(step_y);
  const std::string reason = last_message(name);
  return std::string("the encoder ") + name + " refuses " + size + ' ' + d->name + ": " +
         (reason.empty() ? status_text(status) : reason);
}

}  // namespace

const AVOutputFormat& container_for(const output_options& options) {
  if (options.kind == output_kind::nothing) return *av_guess_format("null", nullptr, nullptr);
  const AVOutputFormat* found =
      options.name == "-" ? nullptr : av_guess_format(nullptr, options.name.c_str(), nullptr);
  if (found == nullptr && options.kind == output_kind::stream)
    found = av_guess_format("yuv4mpegpipe", nullptr, nullptr);
  if (found == nullptr)
    throw failure(
        fault::usage,
        options.name +
            ": the ending of the name does not say which kind of file; try .mp4, .mkv, .webm, .png or .jpg");
  return *found;
}

encoder::encoder(const output_options& options, const AVOutputFormat& container, const AVFrame& first,
                 const picture_source& source, monitor& monitor)
    : source_(source),
      monitor_(monitor),
      codec_(&choose_encoder(options, container)),
      context_(avcodec_alloc_context3(codec_)),
      convert_(source.assumed_matrix) {
  if (!context_) throw std::bad_alloc();
  context_->width = first.width;
  context_->height = first.height;
  context_->sample_aspect_ratio = {source.sample_aspect.num, source.sample_aspect.den};
  context_->thread_count = options.codec_threads;
  // Containers and encoders call correct but rare things experimental.
  context_->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
  if (container.flags & AVFMT_GLOBALHEADER) context_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  choose_pixel_format(options, container, first);
  set_color(first);
  // YUV4MPEG2 takes silence for the centre.
  if (context_->chroma_sample_location == AVCHROMA_LOC_UNSPECIFIED &&
      std::strcmp(container.name, "yuv4mpegpipe") == 0)
    context_->chroma_sample_location = AVCHROMA_LOC_LEFT;
  choose_time_base(container);
  set_fields(first);
  open(options);
}

void encoder::choose_pixel_format(const output_options& options, const AVOutputFormat& container,
                                  const AVFrame& first) {
  target_ = choose_pixels(options, *codec_, container, first);
  context_->pix_fmt = target_.format;
  const auto from = static_cast<AVPixelFormat>(first.format);
  AVFrame plain{};
  plain.format = target_.format;
  normalise_range(plain);
  const AVColorSpace matrix = first.colorspace == AVCOL_SPC_UNSPECIFIED ? source_.assumed_matrix : first.colorspace;
  const bool new_range = target_.range != AVCOL_RANGE_UNSPECIFIED && target_.range != first.color_range;
  const bool new_matrix = target_.matrix != AVCOL_SPC_UNSPECIFIED && !same_matrix(target_.matrix, matrix);
  convert_needed_ = plain.format != from || new_range || new_matrix;
  const bool lossless = only_rearranged(from, static_cast<AVPixelFormat>(plain.format));
  if (!convert_needed_ || lossless) return;
  monitor_.note(std::string("pixels are converted from ") + av_get_pix_fmt_name(from) + " to " +
                av_get_pix_fmt_name(static_cast<AVPixelFormat>(plain.format)) +
                (plain.format == from ? " of full range, as " : ", which ") + codec_->name +
                (plain.format == from ? " needs it" : " takes"));
}

void encoder::set_color(const AVFrame& first) {
  AVCodecContext& c = *context_;
  const bool rgb_in = is_rgb(static_cast<AVPixelFormat>(first.format));
  const bool rgb_out = is_rgb(target_.format);
  c.color_primaries = first.color_primaries;
  c.color_trc = first.color_trc;
  c.colorspace = target_.matrix != AVCOL_SPC_UNSPECIFIED ? target_.matrix
                 : rgb_out                               ? AVCOL_SPC_RGB
                 : rgb_in                                ? AVCOL_SPC_UNSPECIFIED
                                                         : first.colorspace;
  c.color_range = target_.range != AVCOL_RANGE_UNSPECIFIED ? target_.range
                  : rgb_out && !rgb_in                     ? AVCOL_RANGE_JPEG
                                                           : first.color_range;
  c.chroma_sample_location = rgb_out ? AVCHROMA_LOC_UNSPECIFIED : first.chroma_location;
}

void encoder::choose_time_base(const AVOutputFormat& container) {
  constant_rate_ = has_constant_rate(container);
  const AVRational rate = allowed_rate(*codec_, source_.frame_rate);
  if (av_cmp_q(rate, source_.frame_rate) != 0) {
    constant_rate_ = true;
    monitor_.note(std::string(codec_->name) + " has no rate of " + std::to_string(av_q2d(source_.frame_rate)) +
                  " frames per second: written at " + std::to_string(av_q2d(rate)));
  }
  context_->framerate = rate;
  context_->time_base = constant_rate_ ? av_inv_q(rate) : source_.time_base;
  if (codec_->id == AV_CODEC_ID_MPEG4 && context_->time_base.den > most_mpeg4_ticks)
    context_->time_base = {1, 60000};  // holds 24, 25, 30 and 60 frames per second and their NTSC kin exactly
}

void encoder::set_fields(const AVFrame&) {
  if (source_.fields == field_order::progressive) return;
  context_->field_order = source_.fields == field_order::top_first ? AV_FIELD_TT : AV_FIELD_BB;
  if (marks_fields(codec_->id))
    context_->flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
  else
    monitor_.note(std::string("the pictures are interlaced, which ") + codec_->name + " cannot mark in its stream");
}

void encoder::set_quality(const output_options& options, dictionary& values) {
  bool chosen = options.crf.has_value();
  for (const auto& [key, value] : options.codec_options) {
    chosen |= key == "b" || key == "q" || key == "global_quality" || key == "qmin" || key == "flags";
    if (key == "q") {
      context_->flags |= AV_CODEC_FLAG_QSCALE;
      context_->global_quality = int(std::lround(FF_QP2LAMBDA * std::atof(value.c_str())));
    } else {
      values.set(key.c_str(), value);
    }
  }
  if (options.crf) {
    if (!context_->priv_data || !codec_->priv_class || !av_opt_find(context_->priv_data, "crf", nullptr, 0, 0))
      throw failure(fault::usage, std::string("--crf: ") + codec_->name +
                                      " has no such setting; try --codec-opt q=3 or --codec-opt b=4M");
    char text[32];
    std::snprintf(text, sizeof text, "%g", *options.crf);
    values.set("crf", text);
  }
  if (const int quantiser = default_quantiser(codec_->id); quantiser > 0 && !chosen) {
    context_->flags |= AV_CODEC_FLAG_QSCALE;
    context_->global_quality = FF_QP2LAMBDA * quantiser;
  }
}

void encoder::open(const output_options& options) {
  dictionary values;
  set_quality(options, values);
  const int status = avcodec_open2(context_.get(), codec_, values.address());
  if (status == AVERROR_OPTION_NOT_FOUND || (status >= 0 && values.leftover()))
    throw failure(fault::usage, std::string("--codec-opt ") + (values.leftover() ? values.leftover() : "") + ": " +
                                    codec_->name + " has no such option; see ffmpeg -h encoder=" + codec_->name);
  if (status < 0) throw failure(fault::output, refusal(*context_, codec_->name, status));
}

std::int64_t encoder::constant_rate_pts(std::int64_t pts) {
  const AVRational base = context_->time_base;
  std::int64_t out = av_rescale_q(pts, source_.time_base, base);
  const double exact = double(pts) * av_q2d(source_.time_base) / av_q2d(base);
  bool moved = std::abs(exact - double(out)) > 0.25;
  if (last_pts_ != INT64_MIN && out <= last_pts_) out = last_pts_ + 1, moved = true;
  if (moved && !std::exchange(uneven_, true) && constant_rate_)
    monitor_.note(
        "the frames come at an uneven rate, which this kind of file cannot hold: their times are rounded (.mp4 and "
        ".mkv keep them)");
  return out;
}

void encoder::send(frame_ptr frame) {
  if (frame) {
    if (convert_needed_) frame = convert_(*frame, target_);
    frame->format = target_.format;  // YUVJ is a name for the same bytes
    const std::int64_t duration = av_rescale_q(duration_of(*frame), source_.time_base, context_->time_base);
    frame->pts = constant_rate_pts(frame->pts);
    last_pts_ = frame->pts;
    durations_[frame->pts] = duration;
    duration_of(*frame) = duration;
    frame->pict_type = AV_PICTURE_TYPE_NONE;
    frame->quality = context_->global_quality;
  }
  const int status = avcodec_send_frame(context_.get(), frame.get());
  if (status < 0 && status != AVERROR_EOF) {
    const std::string reason = last_message(codec_->name);
    throw failure(fault::output, std::string("the encoder ") + codec_->name +
                                     " failed: " + (reason.empty() ? status_text(status) : reason));
  }
}

packet_ptr encoder::receive() {
  packet_ptr packet(av_packet_alloc());
  if (!packet) throw std::bad_alloc();
  const int status = avcodec_receive_packet(context_.get(), packet.get());
  if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return nullptr;
  if (status < 0)
    throw failure(fault::output, std::string("the encoder ") + codec_->name + " failed: " + status_text(status));
  if (const auto found = durations_.find(packet->pts); found != durations_.end()) {
    packet->duration = found->second;
    durations_.erase(found);
  }
  return packet;
}

}  // namespace fluxel::video
