// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/streams.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "host/program/video/containers.hpp"
#include "host/program/video/frames/side_data.hpp"

namespace fluxel::video {

namespace {

bool holds_several_streams(const AVOutputFormat& container) {
  return container.audio_codec != AV_CODEC_ID_NONE || container.subtitle_codec != AV_CODEC_ID_NONE;
}

bool holds_type(const AVOutputFormat& container, AVMediaType type) {
  switch (type) {
    case AVMEDIA_TYPE_VIDEO:
      return container.video_codec != AV_CODEC_ID_NONE;
    case AVMEDIA_TYPE_AUDIO:
      return container.audio_codec != AV_CODEC_ID_NONE;
    case AVMEDIA_TYPE_SUBTITLE:
      return container.subtitle_codec != AV_CODEC_ID_NONE;
    default:
      return false;
  }
}

/// MP4 files keep chapter titles and time codes in tracks that the muxer writes anew from metadata.
bool is_remade(const AVStream& stream, const AVFormatContext& from) {
  const auto tag = stream.codecpar->codec_tag;
  if (stream.codecpar->codec_type != AVMEDIA_TYPE_DATA) return false;
  return tag == MKTAG('t', 'm', 'c', 'd') || (tag == MKTAG('t', 'e', 'x', 't') && from.nb_chapters > 0);
}

bool starts_with(const char* text, const char* start) { return std::strncmp(text, start, std::strlen(start)) == 0; }

bool is_stale(const char* key, describes what) {
  if (what == describes::file)
    return starts_with(key, "major_brand") || starts_with(key, "minor_version") ||
           starts_with(key, "compatible_brands") || !strcmp(key, "encoder") || !strcmp(key, "duration");
  // Matroska's statistics of each track.
  for (const char* start : {"BPS", "DURATION", "NUMBER_OF_", "_STATISTICS_"})
    if (starts_with(key, start)) return true;
  return what == describes::resized_stream &&
         (!strcmp(key, "encoder") || !strcmp(key, "vendor_id") || !strcmp(key, "alpha_mode"));
}

const char* mime_type(AVCodecID id) {
  switch (id) {
    case AV_CODEC_ID_PNG:
      return "image/png";
    case AV_CODEC_ID_BMP:
      return "image/bmp";
    case AV_CODEC_ID_GIF:
      return "image/gif";
    case AV_CODEC_ID_WEBP:
      return "image/webp";
    default:
      return "image/jpeg";
  }
}

AVStream& new_stream(AVFormatContext& to) {
  AVStream* stream = avformat_new_stream(&to, nullptr);
  if (stream == nullptr) throw std::bad_alloc();
  return *stream;
}

}  // namespace

std::string describe_stream(const AVStream& stream) {
  const char* type = av_get_media_type_string(stream.codecpar->codec_type);
  std::string text = "stream " + std::to_string(stream.index) + " (" +
                     (stream.disposition & AV_DISPOSITION_ATTACHED_PIC ? "cover picture"
                      : type                                           ? type
                                                                       : "unknown") +
                     ", " + avcodec_get_name(stream.codecpar->codec_id);
  if (const auto* language = av_dict_get(stream.metadata, "language", nullptr, 0))
    text += std::string(", ") + language->value;
  return text + ")";
}

fate fate_of(const AVStream& stream, const AVFormatContext& from, const AVOutputFormat& container) {
  const AVCodecParameters& p = *stream.codecpar;
  if (is_remade(stream, from)) return fate::remade;
  if (!holds_several_streams(container)) return fate::refused;
  const bool cover = stream.disposition & AV_DISPOSITION_ATTACHED_PIC;
  if (cover || p.codec_type == AVMEDIA_TYPE_ATTACHMENT) {
    if (is_matroska(container)) return fate::attachment;
    // QuickTime's muxer takes a cover and does not write it.
    if (!cover || !(has_name(container, "mp4") || has_name(container, "ipod"))) return fate::refused;
  }
  if (p.codec_id == AV_CODEC_ID_NONE) return fate::refused;
  const int answer = avformat_query_codec(&container, p.codec_id, FF_COMPLIANCE_EXPERIMENTAL);
  if (answer == 0 || answer == 1) return answer == 1 ? fate::copied : fate::refused;
  return holds_type(container, p.codec_type) ? fate::copied : fate::refused;
}

AVStream& copy_stream(const AVStream& from, AVFormatContext& to) {
  AVStream& out = new_stream(to);
  if (avcodec_parameters_copy(out.codecpar, from.codecpar) < 0) throw std::bad_alloc();
  const AVCodecTag* const* tags = to.oformat->codec_tag;
  unsigned other = 0;
  const auto tag = from.codecpar->codec_tag;
  const bool tag_fits = tags == nullptr || av_codec_get_id(tags, tag) == from.codecpar->codec_id ||
                        !av_codec_get_tag2(tags, from.codecpar->codec_id, &other);
  out.codecpar->codec_tag = tag_fits ? tag : 0;
  // Muxers take them for bytes per sample; of compressed sound they are not.
  const int align = out.codecpar->block_align;
  if (from.codecpar->codec_id == AV_CODEC_ID_AC3 ||
      (from.codecpar->codec_id == AV_CODEC_ID_MP3 && (align == 1 || align == 576 || align == 1152)))
    out.codecpar->block_align = 0;
  out.time_base = from.time_base;
  out.avg_frame_rate = from.avg_frame_rate;
  out.r_frame_rate = from.r_frame_rate;
  out.sample_aspect_ratio = from.sample_aspect_ratio;
  out.disposition = from.disposition;
  copy_all_side_data(from, out);
  copy_metadata(from.metadata, &out.metadata, describes::copied_stream);
  return out;
}

AVStream& converted_stream(const AVStream& from, const AVCodecContext& encoder, AVFormatContext& to) {
  AVStream& out = new_stream(to);
  if (avcodec_parameters_from_context(out.codecpar, &encoder) < 0) throw std::bad_alloc();
  out.time_base = encoder.time_base;
  out.disposition = from.disposition;
  copy_metadata(from.metadata, &out.metadata, describes::resized_stream);
  return out;
}

void attach(const AVStream& from, AVFormatContext& to) {
  AVStream& out = new_stream(to);
  copy_metadata(from.metadata, &out.metadata, describes::copied_stream);
  if (from.codecpar->codec_type == AVMEDIA_TYPE_ATTACHMENT) {
    if (avcodec_parameters_copy(out.codecpar, from.codecpar) < 0) throw std::bad_alloc();
    return;
  }
  const AVPacket& picture = from.attached_pic;
  out.codecpar->codec_type = AVMEDIA_TYPE_ATTACHMENT;
  out.codecpar->codec_id = from.codecpar->codec_id;
  out.codecpar->extradata = static_cast<std::uint8_t*>(av_mallocz(picture.size + AV_INPUT_BUFFER_PADDING_SIZE));
  if (out.codecpar->extradata == nullptr) throw std::bad_alloc();
  std::memcpy(out.codecpar->extradata, picture.data, picture.size);
  out.codecpar->extradata_size = picture.size;
  const std::string mime = mime_type(from.codecpar->codec_id);
  const std::string ending = mime == "image/jpeg" ? "jpg" : mime.substr(6);
  av_dict_set(&out.metadata, "mimetype", mime.c_str(), AV_DICT_DONT_OVERWRITE);
  av_dict_set(&out.metadata, "filename", ("cover." + ending).c_str(), AV_DICT_DONT_OVERWRITE);
}

void copy_metadata(const AVDictionary* from, AVDictionary** to, describes what) {
  const AVDictionaryEntry* e = nullptr;
  while ((e = av_dict_get(from, "", e, AV_DICT_IGNORE_SUFFIX)) != nullptr)
    if (!is_stale(e->key, what)) av_dict_set(to, e->key, e->value, 0);
}

void copy_chapters(const AVFormatContext& from, AVFormatContext& to, std::int64_t start, std::int64_t length,
                   int stretch) {
  if (from.nb_chapters == 0) return;
  to.chapters = static_cast<AVChapter**>(av_calloc(from.nb_chapters, sizeof(AVChapter*)));
  if (to.chapters == nullptr) throw std::bad_alloc();
  for (unsigned i = 0; i < from.nb_chapters; ++i) {
    const AVChapter& c = *from.chapters[i];
    const std::int64_t shift = av_rescale_q(start, AV_TIME_BASE_Q, c.time_base);
    const std::int64_t last = length > 0 ? av_rescale_q(length, AV_TIME_BASE_Q, c.time_base) : INT64_MAX;
    if (c.end - shift <= 0 || c.start - shift >= last) continue;
    auto* copy = static_cast<AVChapter*>(av_mallocz(sizeof(AVChapter)));
    if (copy == nullptr) throw std::bad_alloc();
    copy->id = c.id;
    copy->time_base = c.time_base;
    copy->start = std::max<std::int64_t>(0, c.start - shift) * stretch;
    copy->end = std::min(last, c.end - shift) * stretch;
    av_dict_copy(&copy->metadata, c.metadata, 0);
    to.chapters[to.nb_chapters++] = copy;
  }
}

}  // namespace fluxel::video
