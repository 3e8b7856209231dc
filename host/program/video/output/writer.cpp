// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/output/writer.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "host/program/video/containers.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/input/sequence.hpp"
#include "host/program/video/output/loops.hpp"
#include "host/program/video/streams.hpp"

namespace fluxel::video {

namespace {

std::string url_of(const std::string& path) { return path == "-" ? "pipe:1" : "file:" + path; }

/// VP8 and VP9 keep alpha beside their pictures, and a tag in Matroska says so.
bool keeps_alpha_apart(const AVCodecContext& c) {
  return (c.codec_id == AV_CODEC_ID_VP8 || c.codec_id == AV_CODEC_ID_VP9) && c.pix_fmt == AV_PIX_FMT_YUVA420P;
}

int cancels_writing(void* monitor) { return static_cast<video::monitor*>(monitor)->cancel.load() ? 1 : 0; }

}  // namespace

writer::writer(const output_options& options, const reader& input, monitor& monitor)
    : options_(options), input_(input), monitor_(monitor), container_(container_for(options)) {
  picture_number_ = options.start_number;
}

void writer::check(int status) const {
  if (status >= 0) return;
  if (status == AVERROR_EXIT || monitor_.cancel) throw cancelled{};
  const std::string reason = status == AVERROR(EINVAL) ? last_message(container_.name) : std::string();
  throw failure(fault::output,
                "cannot write " + options_.name + ": " + (reason.empty() ? status_text(status) : reason));
}

void writer::open(const AVFrame& first, const picture_source& source, keep_matrix matrix) {
  time_base_ = source.time_base;
  if (!options_.frame_md5.empty()) digest_.emplace(options_.frame_md5);
  encoder_.emplace(options_, container_, first, source, monitor_);
  AVFormatContext* c = nullptr;
  check(avformat_alloc_output_context2(&c, const_cast<AVOutputFormat*>(&container_), nullptr,
                                       url_of(options_.path).c_str()));
  context_.reset(c);
  add_streams(first, source, matrix);
  if (!writes_pictures(container_)) open_container();
  for (packet_ptr& packet : std::exchange(early_, {})) write(std::move(packet));
}

AVStream* writer::add_pictures(AVFormatContext& to, const AVFrame& first, const picture_source& source,
                               keep_matrix matrix) const {
  AVStream* out = avformat_new_stream(&to, nullptr);
  if (out == nullptr || avcodec_parameters_from_context(out->codecpar, &encoder_->context()) < 0)
    throw std::bad_alloc();
  // The tag of HEVC that Apple's players need; the other one, hev1, they refuse.
  if (is_mov_family(*to.oformat) && out->codecpar->codec_id == AV_CODEC_ID_HEVC)
    out->codecpar->codec_tag = MKTAG('h', 'v', 'c', '1');
  out->time_base = encoder_->context().time_base;
  out->avg_frame_rate = encoder_->context().framerate;
  out->sample_aspect_ratio = encoder_->context().sample_aspect_ratio;
  out->disposition = input_.video().disposition;
  out->codecpar->field_order = encoder_->context().field_order;
  if (source.fields == field_order::progressive) out->codecpar->field_order = AV_FIELD_PROGRESSIVE;
  copy_metadata(input_.video().metadata, &out->metadata, describes::resized_stream);
  if (keeps_alpha_apart(encoder_->context())) av_dict_set(&out->metadata, "alpha_mode", "1", 0);
  carry_picture_side_data(input_.video(), first, *out, matrix);
  return out;
}

void writer::add_streams(const AVFrame& first, const picture_source& source, keep_matrix matrix) {
  const AVFormatContext& in = input_.container();
  plan_.emplace(options_, input_, container_, monitor_,
                [&](AVFormatContext& to) { return add_pictures(to, first, source, matrix); });
  plan_->build(*context_);
  pictures_ = plan_->of(input_.video().index).stream;
  last_dts_.assign(context_->nb_streams, AV_NOPTS_VALUE);
  last_sample_.assign(context_->nb_streams, AV_NOPTS_VALUE);
  copy_metadata(in.metadata, &context_->metadata, describes::file);
  copy_chapters(in, *context_, input_.start(), input_.options().end ? input_.length() : 0, options_.stretch);
}

/// The user's options of the muxer, and what suits a finished file: an index at the start of MP4, a playlist that
/// names every segment, MP4 in fragments where nobody can seek.
void writer::write_header() {
  dictionary values;
  const auto is_set = [&](const char* key) {
    return std::any_of(options_.mux_options.begin(), options_.mux_options.end(),
                       [&](const auto& option) { return option.first == key; });
  };
  if (is_mov_family(container_) && !is_set("movflags"))
    values.set("movflags", options_.kind == output_kind::stream ? "+frag_keyframe+empty_moov" : "+faststart");
  if (has_name(container_, "hls") && !is_set("hls_list_size")) values.set("hls_list_size", "0");
  if (has_name(container_, "hls") && !is_set("hls_playlist_type")) values.set("hls_playlist_type", "vod");
  if (const auto times = times_played(input_.container()))
    if (const loop_option loop = loop_option_of(container_, *times); loop.name != nullptr && !is_set(loop.name))
      values.set(loop.name, std::to_string(loop.value));
  for (const auto& [key, value] : options_.mux_options) values.set(key.c_str(), value);
  const int status = avformat_write_header(context_.get(), values.address());
  if (status < 0) check(status);
  if (values.leftover())
    throw failure(fault::usage, std::string("--mux-opt ") + values.leftover() + ": the muxer " + container_.name +
                                    " has no such option; see ffmpeg -h muxer=" + container_.name);
}

void writer::open_container() {
  AVFormatContext& c = *context_;
  c.interrupt_callback = {cancels_writing, &monitor_};
  c.strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
  if (!(container_.flags & AVFMT_NOFILE))
    check(avio_open2(&c.pb, url_of(options_.path).c_str(), AVIO_FLAG_WRITE, &c.interrupt_callback, nullptr));
  write_header();
}

/// Animations say how long each picture is shown by when the next one comes; the last has none.
void writer::set_last_duration() {
  const AVRational tick = encoder_->context().time_base;
  const std::int64_t hundredths = av_rescale_q(encoder_->last_duration(), tick, {1, 100});
  if (has_name(container_, "gif"))
    av_opt_set_int(context_->priv_data, "final_delay", std::min<std::int64_t>(hundredths, 65535), 0);
  if (has_name(container_, "apng"))
    av_opt_set_q(context_->priv_data, "final_delay", {int(std::min<std::int64_t>(hundredths, 65535)), 100}, 0);
}

void writer::write(frame_ptr frame) {
  if (digest_) digest_->add(*frame, time_base_);
  encoder_->encode(std::move(frame), [this](packet_ptr packet) { write_encoded(*packet); });
  // Known before the encoder returns it: some hand out a picture only after several more.
  full_ = writes_pictures(container_) && options_.kind != output_kind::sequence;
}

void writer::write_encoded(AVPacket& packet) {
  if (writes_pictures(container_)) return write_picture(packet);
  if (has_name(container_, "webp") && input_.still()) add_tags(packet);
  packet.stream_index = pictures_->index;
  rescale(packet, encoder_->context().time_base, *pictures_);
  mux(packet, *pictures_);
}

/// The picture's file with what the camera wrote about it; empty: there is nothing to add.
byte_block writer::with_tags(const AVPacket& packet) {
  if (packet.opaque_ref == nullptr) return {};
  const AVCodecContext& c = encoder_->context();
  if (!can_hold_exif(c.codec_id)) {
    if (!std::exchange(told_of_tags_, true))
      monitor_.note(std::string("the camera's notes (EXIF) are left out: ") + avcodec_get_name(c.codec_id) +
                    " files are written without");
    return {};
  }
  const byte_block tags =
      exif_for({packet.opaque_ref->data, packet.opaque_ref->data + packet.opaque_ref->size}, {c.width, c.height});
  const bool has_alpha = av_pix_fmt_desc_get(c.pix_fmt)->flags & AV_PIX_FMT_FLAG_ALPHA;
  return tags.empty()
             ? byte_block()
             : with_exif(c.codec_id, {packet.data, std::size_t(packet.size)}, tags, {c.width, c.height}, has_alpha);
}

/// A WebP file is one packet.
void writer::add_tags(AVPacket& packet) {
  const byte_block whole = with_tags(packet);
  if (whole.empty()) return;
  const int before = packet.size;
  if (av_grow_packet(&packet, int(whole.size()) - before) < 0) throw std::bad_alloc();
  std::memcpy(packet.data, whole.data(), whole.size());
}

void writer::write_picture(const AVPacket& packet) {
  std::string path = options_.path;
  if (options_.kind == output_kind::sequence) path = sequence_name::parse(options_.path)->file(picture_number_++);
  AVIOContext* file = nullptr;
  check(avio_open(&file, url_of(path).c_str(), AVIO_FLAG_WRITE));
  if (const byte_block whole = with_tags(packet); !whole.empty())
    avio_write(file, whole.data(), int(whole.size()));
  else
    avio_write(file, packet.data, packet.size);
  avio_flush(file);
  const int written = file->error;
  const int closed = avio_closep(&file);
  check(written);
  check(closed);
}

/// Moves a packet to the clock of its stream. Times of sound follow its samples: a clock of milliseconds would round
/// every packet for itself.
void writer::rescale(AVPacket& packet, AVRational base, const AVStream& stream) {
  const AVCodecParameters& p = *stream.codecpar;
  if (p.codec_type != AVMEDIA_TYPE_AUDIO || p.sample_rate <= 0 || packet.dts == AV_NOPTS_VALUE)
    return av_packet_rescale_ts(&packet, base, stream.time_base);
  int samples = av_get_audio_frame_duration2(stream.codecpar, packet.size);
  if (samples == 0) samples = p.frame_size;
  packet.dts =
      av_rescale_delta(base, packet.dts, {1, p.sample_rate}, samples, &last_sample_[stream.index], stream.time_base);
  packet.pts = packet.dts;
  packet.duration = av_rescale_q(packet.duration, base, stream.time_base);
}

void writer::write(packet_ptr packet) {
  if (!encoder_) {
    early_.push_back(std::move(packet));
    return;
  }
  stream_plan::entry& entry = plan_->of(packet->stream_index);
  if (entry.stream == nullptr) return;
  if (entry.converter) return write_converted(entry, packet.get());
  const AVRational base = input_.streams()[packet->stream_index]->time_base;
  packet->stream_index = entry.stream->index;
  packet->pos = -1;
  rescale(*packet, base, *entry.stream);
  mux(*packet, *entry.stream);
}

void writer::write_converted(stream_plan::entry& entry, const AVPacket* packet) {
  for (packet_ptr& made : entry.converter->convert(packet)) {
    made->stream_index = entry.stream->index;
    av_packet_rescale_ts(made.get(), entry.converter->context().time_base, entry.stream->time_base);
    mux(*made, *entry.stream);
  }
}

void writer::mux(AVPacket& packet, const AVStream& stream) {
  // Damaged files have times that go backwards; muxers refuse them.
  std::int64_t& last = last_dts_[stream.index];
  if (packet.dts != AV_NOPTS_VALUE && last != AV_NOPTS_VALUE && packet.dts <= last &&
      stream.codecpar->codec_type != AVMEDIA_TYPE_SUBTITLE) {
    packet.dts = last + 1;
    if (packet.pts != AV_NOPTS_VALUE) packet.pts = std::max(packet.pts, packet.dts);
  }
  if (packet.dts != AV_NOPTS_VALUE) last = packet.dts;
  check(av_interleaved_write_frame(context_.get(), &packet));
}

void writer::finish() {
  encoder_->finish([this](packet_ptr packet) { write_encoded(*packet); });
  if (digest_) digest_->finish();
  if (writes_pictures(container_)) return;
  for (std::size_t i = 0; i < input_.streams().size(); ++i)
    if (auto& entry = plan_->of(int(i)); entry.converter) write_converted(entry, nullptr);
  set_last_duration();
  check(av_write_trailer(context_.get()));
  if (container_.flags & AVFMT_NOFILE) return;
  avio_flush(context_->pb);
  const int written = context_->pb->error;
  const int closed = avio_closep(&context_->pb);
  check(written);
  check(closed);
}

}  // namespace fluxel::video
