// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/exif.hpp"

#include <algorithm>
#include <cstring>

extern "C" {
#include <libavutil/crc.h>
#include <libavutil/intreadwrite.h>
}

namespace fluxel::video {

namespace {

using view = std::span<const std::uint8_t>;

constexpr std::uint8_t jpeg_name[] = {'E', 'x', 'i', 'f', 0, 0};
constexpr std::size_t png_signature = 8, chunk_overhead = 12, riff_header = 12, riff_chunk = 8;

bool named(view chunk, std::size_t at, const char* name) { return std::memcmp(chunk.data() + at, name, 4) == 0; }

byte_block copied(view v) { return {v.begin(), v.end()}; }

/// Calls `use(marker, start, length)` for each segment before the picture; stops when it returns true.
template <class Use>
void for_jpeg_segments(view file, Use use) {
  for (std::size_t at = 2; at + 4 <= file.size() && file[at] == 0xff && file[at + 1] != 0xda;) {
    const std::size_t length = AV_RB16(file.data() + at + 2);
    if (length < 2 || at + 2 + length > file.size() || use(file[at + 1], at + 4, length - 2)) return;
    at += 2 + length;
  }
}

byte_block from_jpeg(view file) {
  byte_block out;
  for_jpeg_segments(file, [&](int marker, std::size_t start, std::size_t length) {
    if (marker != 0xe1 || length <= sizeof jpeg_name || std::memcmp(&file[start], jpeg_name, sizeof jpeg_name) != 0)
      return false;
    out = copied(file.subspan(start + sizeof jpeg_name, length - sizeof jpeg_name));
    return true;
  });
  return out;
}

byte_block from_png(view file) {
  for (std::size_t at = png_signature; at + chunk_overhead <= file.size();) {
    const std::size_t length = AV_RB32(file.data() + at);
    if (length > file.size() - at - chunk_overhead) break;
    if (named(file, at + 4, "eXIf")) return copied(file.subspan(at + 8, length));
    at += chunk_overhead + length;
  }
  return {};
}

byte_block from_webp(view file) {
  for (std::size_t at = riff_header; at + riff_chunk <= file.size();) {
    const std::size_t length = AV_RL32(file.data() + at + 4);
    if (length > file.size() - at - riff_chunk) break;
    if (named(file, at, "EXIF")) {
      view block = file.subspan(at + riff_chunk, length);
      if (length > sizeof jpeg_name && std::memcmp(block.data(), jpeg_name, sizeof jpeg_name) == 0)
        block = block.subspan(sizeof jpeg_name);  // some writers keep JPEG's name
      return copied(block);
    }
    at += riff_chunk + length + length % 2;
  }
  return {};
}

/// The tags of a block in either byte order.
class tags {
 public:
  explicit tags(byte_block& block) : block_(block), little_(block.size() > 8 && block[0] == 'I') {}

  bool valid() const { return block_.size() > 8 && (little_ || block_[0] == 'M') && word(2) == 42; }
  std::size_t first() const { return number(4); }
  bool holds(std::size_t ifd) const {
    return ifd >= 8 && ifd + 2 <= block_.size() && ifd + 6 + std::size_t(word(ifd)) * entry_bytes <= block_.size();
  }
  void drop_next(std::size_t ifd) { put_number(ifd + 2 + std::size_t(word(ifd)) * entry_bytes, 0); }

  /// Where the entry of a tag is, or 0.
  std::size_t find(std::size_t ifd, int tag) const {
    for (int i = 0; i < word(ifd); ++i)
      if (const std::size_t at = ifd + 2 + std::size_t(i) * entry_bytes; word(at) == tag) return at;
    return 0;
  }
  std::size_t value(std::size_t entry) const { return number(entry + 8); }
  /// Of one short or long number.
  void set(std::size_t entry, unsigned value) {
    if (entry == 0 || number(entry + 4) != 1) return;
    constexpr int short_number = 3, long_number = 4;
    if (word(entry + 2) == short_number) put_word(entry + 8, value);
    if (word(entry + 2) == long_number) put_number(entry + 8, value);
  }

 private:
  static constexpr std::size_t entry_bytes = 12;
  int word(std::size_t at) const { return little_ ? AV_RL16(&block_[at]) : AV_RB16(&block_[at]); }
  std::uint32_t number(std::size_t at) const { return little_ ? AV_RL32(&block_[at]) : AV_RB32(&block_[at]); }
  void put_word(std::size_t at, unsigned v) {
    for (int i = 0; i < 2; ++i) block_[at + i] = std::uint8_t(v >> 8 * (little_ ? i : 1 - i));
  }
  void put_number(std::size_t at, unsigned v) {
    for (int i = 0; i < 4; ++i) block_[at + i] = std::uint8_t(v >> 8 * (little_ ? i : 3 - i));
  }

  byte_block& block_;
  bool little_;
};

void append(byte_block& to, view what) { to.insert(to.end(), what.begin(), what.end()); }

void append_number(byte_block& to, std::uint32_t v, bool little) {
  for (int i = 0; i < 4; ++i) to.push_back(std::uint8_t(v >> 8 * (little ? i : 3 - i)));
}

byte_block into_jpeg(view file, const byte_block& exif) {
  constexpr std::size_t most = 65535 - 2 - sizeof jpeg_name;
  if (exif.size() > most || file.size() < 2) return copied(file);
  std::size_t at = 2;  // after JFIF's own segment, which wants to be the first
  for_jpeg_segments(file, [&](int marker, std::size_t start, std::size_t length) {
    if (marker == 0xe0) at = start + length;
    return true;
  });
  byte_block out = copied(file.first(at));
  const std::size_t length = exif.size() + sizeof jpeg_name + 2;
  for (const std::size_t b : {std::size_t{0xff}, std::size_t{0xe1}, length >> 8, length & 0xff})
    out.push_back(std::uint8_t(b));
  append(out, jpeg_name);
  append(out, exif);
  append(out, file.subspan(at));
  return out;
}

byte_block into_png(view file, const byte_block& exif) {
  constexpr std::size_t after_header = png_signature + chunk_overhead + 13;
  if (file.size() < after_header) return copied(file);
  byte_block chunk = {'e', 'X', 'I', 'f'};
  append(chunk, exif);
  byte_block out = copied(file.first(after_header));
  append_number(out, std::uint32_t(exif.size()), false);
  append(out, chunk);
  const std::uint32_t crc = ~av_crc(av_crc_get_table(AV_CRC_32_IEEE_LE), ~0u, chunk.data(), chunk.size());
  append_number(out, crc, false);
  append(out, file.subspan(after_header));
  return out;
}

/// The extended kind of file: a first chunk that says what follows, and the size.
byte_block into_webp(view file, const byte_block& exif, size picture, bool has_alpha) {
  if (file.size() < riff_header + riff_chunk || !named(file, 0, "RIFF")) return copied(file);
  constexpr std::uint8_t exif_flag = 8, alpha_flag = 16;
  byte_block out = copied(file.first(riff_header));
  view rest = file.subspan(riff_header);
  if (named(rest, 0, "VP8X")) {
    append(out, rest);
    out[riff_header + riff_chunk] |= exif_flag;
  } else {
    const std::uint8_t flags = std::uint8_t(exif_flag | (has_alpha ? alpha_flag : 0));
    append(out, byte_block{'V', 'P', '8', 'X', 10, 0, 0, 0, flags, 0, 0, 0});
    for (const int side : {picture.width - 1, picture.height - 1})
      for (int shift = 0; shift < 24; shift += 8) out.push_back(std::uint8_t(side >> shift));
    append(out, rest);
  }
  append(out, byte_block{'E', 'X', 'I', 'F'});
  append_number(out, std::uint32_t(exif.size()), true);
  append(out, exif);
  if (exif.size() % 2) out.push_back(0);
  for (int i = 0; i < 4; ++i) out[4 + i] = std::uint8_t((out.size() - 8) >> 8 * i);
  return out;
}

}  // namespace

byte_block exif_of(AVCodecID codec, view file) {
  switch (codec) {
    case AV_CODEC_ID_MJPEG:
      return from_jpeg(file);
    case AV_CODEC_ID_PNG:
      return from_png(file);
    case AV_CODEC_ID_WEBP:
      return from_webp(file);
    default:
      return {};
  }
}

byte_block exif_for(byte_block exif, size picture) {
  constexpr int width = 0x100, height = 0x101, orientation = 0x112, details = 0x8769, width_seen = 0xa002,
                height_seen = 0xa003;
  tags t(exif);
  if (!t.valid() || !t.holds(t.first())) return {};
  const std::size_t ifd = t.first();
  t.set(t.find(ifd, orientation), 1);
  t.set(t.find(ifd, width), unsigned(picture.width));
  t.set(t.find(ifd, height), unsigned(picture.height));
  t.drop_next(ifd);
  if (const std::size_t entry = t.find(ifd, details); entry != 0 && t.holds(t.value(entry))) {
    t.set(t.find(t.value(entry), width_seen), unsigned(picture.width));
    t.set(t.find(t.value(entry), height_seen), unsigned(picture.height));
  }
  return exif;
}

bool can_hold_exif(AVCodecID codec) {
  return codec == AV_CODEC_ID_MJPEG || codec == AV_CODEC_ID_PNG || codec == AV_CODEC_ID_WEBP;
}

byte_block with_exif(AVCodecID codec, view file, const byte_block& exif, size picture, bool has_alpha) {
  switch (codec) {
    case AV_CODEC_ID_MJPEG:
      return into_jpeg(file, exif);
    case AV_CODEC_ID_PNG:
      return into_png(file, exif);
    case AV_CODEC_ID_WEBP:
      return into_webp(file, exif, picture, has_alpha);
    default:
      return copied(file);
  }
}

}  // namespace fluxel::video
