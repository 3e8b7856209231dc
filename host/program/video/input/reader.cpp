// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/input/reader.hpp"

#include <algorithm>
#include <span>

#include "host/program/video/containers.hpp"
#include "host/program/video/device/hardware_decoder.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/pfm.hpp"
#include "host/program/video/frames/pixel_format.hpp"
#include "host/program/video/input/stream_choice.hpp"

namespace fluxel::video {

namespace {

constexpr int most_bad_reads = 100;  // in a row; then the rest of the file is given up

/// The data of a JPEG picture end with a marker, which cannot occur in them.
bool jpeg_is_complete(std::span<const std::uint8_t> bytes) {
  constexpr std::uint8_t start_of_scan[] = {0xff, 0xda}, end[] = {0xff, 0xd9};
  const auto scan = std::find_end(bytes.begin(), bytes.end(), std::begin(start_of_scan), std::end(start_of_scan));
  return std::search(scan, bytes.end(), std::begin(end), std::end(end)) != bytes.end();
}

std::int64_t ticks(std::int64_t us, AVRational base, AVRounding rounding = AV_ROUND_NEAR_INF) {
  return av_rescale_q_rnd(us, AV_TIME_BASE_Q, base, rounding);
}

/// Where frames are reordered, FFmpeg's reader of MOV and MP4 does not know how long one lasts, and takes one tick of
/// a clock that is coarser than a millisecond, as QuickTime's of 1/600 s.
bool knows_duration(const AVFormatContext& c, std::int64_t duration) {
  return duration > (is_mov_family(*c.iformat) ? 1 : 0);
}

/// Reads on to the first key frame, or to the end. @returns whether that frame is there and shown by `start`.
bool meets_key_frame(AVFormatContext& c, int stream, std::int64_t start, std::deque<packet_ptr>& read) {
  for (;;) {
    packet_ptr packet(av_packet_alloc());
    if (!packet) throw std::bad_alloc();
    if (av_read_frame(&c, packet.get()) < 0) return false;
    const bool key = packet->stream_index == stream && (packet->flags & AV_PKT_FLAG_KEY);
    const std::int64_t time = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
    read.push_back(std::move(packet));
    if (key) return time == AV_NOPTS_VALUE || time <= ticks(start, c.streams[stream]->time_base);
  }
}

}  // namespace

reader::reader(const input_options& options, monitor& monitor)
    : options_(options), monitor_(monitor), container_(open_input(options, monitor)), clock_(*container_) {
  video_ = main_video(*container_, options.name, options.streams);
  streams_.assign(container_->streams, container_->streams + container_->nb_streams);
  past_end_.resize(container_->nb_streams);
  began_.resize(container_->nb_streams);
  const std::int64_t file_start = container_->start_time == AV_NOPTS_VALUE ? 0 : container_->start_time;
  start_ = file_start + options.start.value_or(0);
  if (options.end) end_ = file_start + *options.end;
  choose_streams();
  open_decoder();
  if (options.start.value_or(0) > 0) seek();
  for (packet_ptr& packet : ahead_) clock_.follow(*packet);
  queue_attached_pictures();
  look_ahead();
}

bool reader::chosen(const AVStream& stream) const {
  const stream_selection& s = options_.streams;
  if (&stream == streams_[video_]) return true;
  if (stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO && !s.sound) return false;
  if (stream.codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE && !s.subtitles) return false;
  return s.only.empty() || std::any_of(s.only.begin(), s.only.end(),
                                       [&](const std::string& name) { return is_named(*container_, stream, name); });
}

void reader::choose_streams() {
  for (unsigned i = 0; i < container_->nb_streams; ++i)
    if (!chosen(*container_->streams[i])) {
      container_->streams[i]->discard = AVDISCARD_ALL;
      all_streams_ = false;
    }
}

/// FFmpeg's own decoders of VP8 and VP9 leave the alpha out that WebM keeps beside the pictures.
const AVCodec* reader::find_decoder() const {
  const AVCodecID id = video().codecpar->codec_id;
  const AVDictionaryEntry* alpha = av_dict_get(video().metadata, "alpha_mode", nullptr, 0);
  if (alpha == nullptr || std::string(alpha->value) != "1" || (id != AV_CODEC_ID_VP8 && id != AV_CODEC_ID_VP9))
    return avcodec_find_decoder(id);
  if (const AVCodec* codec = avcodec_find_decoder_by_name(id == AV_CODEC_ID_VP8 ? "libvpx" : "libvpx-vp9"))
    return codec;
  monitor_.note("the pictures are transparent, which this FFmpeg cannot read: it lacks libvpx. They become opaque");
  return avcodec_find_decoder(id);
}

void reader::open_decoder() {
  const AVCodecParameters* p = video().codecpar;
  const AVCodec* codec = find_decoder();
  if (!codec)
    throw failure(fault::input, options_.name + ": this FFmpeg has no decoder for " + avcodec_get_name(p->codec_id));
  decoder_.reset(avcodec_alloc_context3(codec));
  if (!decoder_ || avcodec_parameters_to_context(decoder_.get(), p) < 0) throw std::bad_alloc();
  decoder_->thread_count = 0;
  decoder_->pkt_timebase = video().time_base;
  decoder_->framerate = av_guess_frame_rate(container_.get(), container_->streams[video_], nullptr);
  memory_->attach(*decoder_);
  if (options_.hardware) options_.hardware->attach(*decoder_, *codec);
  if (const int status = avcodec_open2(decoder_.get(), codec, nullptr); status < 0)
    throw failure(fault::input, options_.name + ": cannot decode " + codec->name + ": " + status_text(status));
}

/// To the key frame before the start. Where the input cannot seek, everything is read and left out. Containers
/// without an index (MPEG-TS) find a time, whatever is there: then from earlier, until a key frame comes by the
/// start.
void reader::seek() {
  AVFormatContext& c = *container_;
  const std::int64_t file_start = start_ - *options_.start;
  for (std::int64_t back = 0; start_ - back > file_start; back = back == 0 ? AV_TIME_BASE : 2 * back) {
    if (avformat_seek_file(&c, -1, INT64_MIN, start_ - back, start_ - back, 0) < 0) break;
    ahead_.clear();
    if (meets_key_frame(c, video_, start_, ahead_)) return;
  }
  const bool by_byte = !(c.iformat->flags & AVFMT_NO_BYTE_SEEK);  // exact, where times are found by searching
  const int to_begin = by_byte ? avformat_seek_file(&c, -1, 0, 0, 0, AVSEEK_FLAG_BYTE)
                               : avformat_seek_file(&c, -1, INT64_MIN, file_start, file_start, 0);
  if (to_begin >= 0) ahead_.clear();
}

void reader::queue_attached_pictures() {
  for (unsigned i = 0; i < container_->nb_streams; ++i) {
    AVStream& s = *container_->streams[i];
    if (!is_attached_picture(s) || s.attached_pic.size <= 0) continue;
    packet_ptr copy(av_packet_clone(&s.attached_pic));
    if (!copy) throw std::bad_alloc();
    copy->pts = copy->dts = 0;
    ready_.emplace_back(std::move(copy));
  }
}

bool reader::still() const {
  const std::string format = container_->iformat->name;
  return (format == "image2" && video().duration <= 1) || format.ends_with("_pipe");
}

bool reader::of_pictures() const { return still() || std::string(container_->iformat->name) == "image2"; }

/// Reads a few packets before the first is decoded: encoder and container are chosen with the first picture.
void reader::look_ahead() {
  constexpr std::size_t most_packets = 20, most_bytes = std::size_t{4} << 20;
  const AVRational base = video().time_base;
  std::vector<std::int64_t> times;
  for (std::size_t bytes = 0; times.size() < most_packets && bytes < most_bytes && !still();) {
    packet_ptr packet(av_packet_alloc());
    if (!packet) throw std::bad_alloc();
    if (read_file(*packet) < 0) break;
    bytes += packet->size;
    if (packet->stream_index == video_ && packet->pts != AV_NOPTS_VALUE) times.push_back(packet->pts);
    ahead_.push_back(std::move(packet));
  }
  std::sort(times.begin(), times.end());
  constexpr std::size_t reordered = 4;  // frames before the last ones may still come
  if (times.size() < reordered + 3) return;
  times.resize(times.size() - reordered);
  std::vector<std::int64_t> steps;
  for (std::size_t i = 1; i < times.size(); ++i) steps.push_back(times[i] - times[i - 1]);
  const auto [least, most] = std::minmax_element(steps.begin(), steps.end());
  // Clocks of a millisecond round 1/30 s to 33 or 34.
  even_ = double(*most - *least) <= std::max(1.0, 0.002 / av_q2d(base));
}

int reader::read_file(AVPacket& packet) {
  const int status = av_read_frame(container_.get(), &packet);
  if (status >= 0) clock_.follow(packet);
  return status;
}

int reader::read_packet(AVPacket& packet) {
  if (ahead_.empty()) return read_file(packet);
  av_packet_move_ref(&packet, ahead_.front().get());
  ahead_.pop_front();
  return 0;
}

std::int64_t reader::length() const {
  std::int64_t end = end_.value_or(INT64_MAX);
  if (container_->duration > 0)
    end =
        std::min(end, container_->duration + (container_->start_time == AV_NOPTS_VALUE ? 0 : container_->start_time));
  return end == INT64_MAX ? 0 : std::max<std::int64_t>(0, end - start_);
}

void reader::note_packet(const AVPacket& packet) {
  const AVStream& stream = *container_->streams[packet.stream_index];
  packets_ += packet.stream_index == video_;
  if (packet.stream_index == video_ && of_pictures()) {
    byte_block tags = exif_of(video().codecpar->codec_id, {packet.data, std::size_t(packet.size)});
    if (!tags.empty()) exif_[packet.pts] = std::move(tags);
  }
  if (packet.pts == AV_NOPTS_VALUE) return;
  const std::int64_t end =
      av_rescale_q(packet.pts + std::max<std::int64_t>(0, packet.duration), stream.time_base, AV_TIME_BASE_Q);
  if (last_end_ == AV_NOPTS_VALUE || end > last_end_) last_end_ = end;
  if (packet.stream_index != video_ || video().codecpar->codec_id != AV_CODEC_ID_MJPEG || !still()) return;
  if (!jpeg_is_complete({packet.data, std::size_t(packet.size)})) ++damaged_;
}

void reader::attach_exif(AVFrame& frame) {
  const auto found = exif_.find(frame.pts);
  if (found == exif_.end()) return;
  frame.opaque_ref = av_buffer_alloc(found->second.size());
  if (frame.opaque_ref == nullptr) throw std::bad_alloc();
  std::copy(found->second.begin(), found->second.end(), frame.opaque_ref->data);
  exif_.erase(found);
}

bool reader::finished() const {
  if (!end_ || !past_end_[video_]) return false;
  for (std::size_t i = 0; i < streams_.size(); ++i)
    if (streams_[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO && !past_end_[i]) return false;
  return true;
}

std::optional<item> reader::next() {
  packet_ptr packet(av_packet_alloc());
  while (ready_.empty()) {
    if (monitor_.cancel) throw cancelled{};
    if (drained_) {
      if (delivered_ > 0) return std::nullopt;
      if (decoded_ > 0)
        throw failure(fault::input,
                      options_.name + ": no frame in the chosen part; see --start, --to and --duration");
      throw failure(fault::input, options_.name + ": no picture could be decoded" + why_nothing());
    }
    const int status = finished() ? AVERROR_EOF : read_packet(*packet);
    if (status == AVERROR(EAGAIN)) continue;
    if (status == AVERROR_INVALIDDATA && ++bad_reads_ < most_bad_reads) {
      ++damaged_;
      continue;
    }
    if (status < 0) {
      if (status == AVERROR_EXIT) throw cancelled{};
      if (status != AVERROR_EOF) read_error_ = status_text(status);
      decode(nullptr);
      drained_ = true;
      continue;
    }
    bad_reads_ = 0;
    note_packet(*packet);
    if (packet->stream_index == video_) {
      if (!past_end_[video_]) decode(packet.get());
      av_packet_unref(packet.get());
    } else if (accept(*packet)) {
      ready_.emplace_back(std::exchange(packet, packet_ptr(av_packet_alloc())));
    } else {
      av_packet_unref(packet.get());
    }
  }
  item first = std::move(ready_.front());
  ready_.pop_front();
  return first;
}

/// Sends a packet, or the end, and queues the pictures that come back.
void reader::decode(AVPacket* packet) {
  const int sent = avcodec_send_packet(decoder_.get(), packet);
  if (sent == AVERROR(ENOMEM)) throw std::bad_alloc();
  if (sent < 0 && sent != AVERROR_EOF) ++damaged_;
  int failures = 0;
  for (;;) {
    frame_ptr frame(av_frame_alloc());
    if (!frame) throw std::bad_alloc();
    const int status = avcodec_receive_frame(decoder_.get(), frame.get());
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return;
    if (status == AVERROR(ENOMEM)) throw std::bad_alloc();
    if (status < 0) {
      ++damaged_;
      // At the end a frame thread may still hold good pictures behind a bad one.
      if (packet != nullptr || ++failures == most_bad_reads) return;
      continue;
    }
    ++decoded_;
    if (options_.hardware) frame = options_.hardware->accept(std::move(frame));
    if (options_.deinterlace != deinterlacing::none && on_device(*frame)) frame = options_.hardware->on_host(*frame);
    attach_exif(*frame);
    stand_decoded_pfm_upright(*frame, video().codecpar->codec_id);
    if ((frame->flags & AV_FRAME_FLAG_CORRUPT) || frame->decode_error_flags) ++damaged_;
    if (accept(*frame)) {
      ++delivered_;
      ready_.emplace_back(std::move(frame));
    }
  }
}

/// Whether the picture lies in the chosen part; moves its time to it.
bool reader::accept(AVFrame& frame) {
  const AVRational base = video().time_base;
  std::int64_t pts = frame.best_effort_timestamp != AV_NOPTS_VALUE ? frame.best_effort_timestamp : next_pts_;
  std::int64_t& duration = duration_of(frame);
  if (!knows_duration(*container_, duration) && decoder_->framerate.num > 0)
    duration = av_rescale_q(1, av_inv_q(decoder_->framerate), base);
  next_pts_ = pts + std::max<std::int64_t>(duration, 1);
  if (options_.start.value_or(0) > 0 && pts < ticks(start_, base, AV_ROUND_UP)) return false;
  if (end_ && pts >= ticks(*end_, base, AV_ROUND_UP)) {
    past_end_[video_] = true;
    return false;
  }
  if (past_end_[video_]) return false;
  frame.pts = pts - ticks(start_, base);
  return true;
}

/// Whether a packet of another stream lies in the chosen part; moves its times to it.
bool reader::accept(AVPacket& packet) {
  if (packet.stream_index >= int(past_end_.size())) return false;  // a stream that appeared later
  const AVStream& stream = *container_->streams[packet.stream_index];
  if (is_attached_picture(stream)) return false;  // queued at the start
  const AVRational base = stream.time_base;
  const std::int64_t time = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
  if (time != AV_NOPTS_VALUE && options_.start.value_or(0) > 0 && time < ticks(start_, base, AV_ROUND_UP))
    return false;
  if (time != AV_NOPTS_VALUE && end_ && time >= ticks(*end_, base, AV_ROUND_UP)) {
    past_end_[packet.stream_index] = true;
    return false;
  }
  if (stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !began_[packet.stream_index] &&
      !(packet.flags & AV_PKT_FLAG_KEY))
    return false;
  began_[packet.stream_index] = true;
  const std::int64_t shift = ticks(start_, base);
  if (packet.pts != AV_NOPTS_VALUE) packet.pts -= shift;
  if (packet.dts != AV_NOPTS_VALUE) packet.dts -= shift;
  return true;
}

}  // namespace fluxel::video
