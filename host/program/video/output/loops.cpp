// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/output/loops.hpp"

#include <array>
#include <cstring>

#include "host/program/video/containers.hpp"

namespace fluxel::video {

namespace {

/// Reads the blocks of a GIF up to its first picture; FFmpeg's demuxer keeps the count to itself.
class gif_header {
 public:
  explicit gif_header(const char* url) { avio_open(&file_, url, AVIO_FLAG_READ); }
  gif_header(const gif_header&) = delete;
  gif_header& operator=(const gif_header&) = delete;
  ~gif_header() { avio_closep(&file_); }

  std::optional<int> times_played() {
    if (file_ == nullptr) return std::nullopt;
    std::array<unsigned char, 13> start{};
    if (avio_read(file_, start.data(), int(start.size())) != int(start.size())) return std::nullopt;
    if (start[10] & 0x80) avio_skip(file_, 3 << ((start[10] & 7) + 1));  // the common palette
    while (avio_r8(file_) == 0x21) {
      const bool application = avio_r8(file_) == 0xff;
      if (const auto times = read_blocks(application)) return times;
    }
    return 1;
  }

 private:
  std::optional<int> read_blocks(bool application) {
    bool loops = false;
    for (int size = avio_r8(file_); size > 0 && !avio_feof(file_); size = avio_r8(file_)) {
      std::array<unsigned char, 256> block{};
      if (avio_read(file_, block.data(), size) != size) return std::nullopt;
      // The count of the extension is of repetitions after the first time; 0 is for ever.
      if (loops && size >= 3 && block[0] == 1) {
        const int count = block[1] | block[2] << 8;
        return count == 0 ? 0 : count + 1;
      }
      loops = application && size == 11 && std::memcmp(block.data(), "NETSCAPE2.0", 11) == 0;
    }
    return std::nullopt;
  }

  AVIOContext* file_ = nullptr;
};

/// FFmpeg hands the chunks before the first picture on as extradata.
std::optional<int> apng_times(const AVCodecParameters& p) {
  for (int i = 0; i + 16 <= p.extradata_size; ++i)
    if (std::memcmp(p.extradata + i, "acTL", 4) == 0) {
      const unsigned char* count = p.extradata + i + 8;
      return count[0] << 24 | count[1] << 16 | count[2] << 8 | count[3];
    }
  return std::nullopt;
}

}  // namespace

std::optional<int> times_played(const AVFormatContext& in) {
  if (std::strcmp(in.iformat->name, "gif") == 0 && in.url != nullptr && std::strncmp(in.url, "pipe:", 5) != 0)
    return gif_header(in.url).times_played();
  if (std::strcmp(in.iformat->name, "apng") == 0) return apng_times(*in.streams[0]->codecpar);
  return std::nullopt;
}

loop_option loop_option_of(const AVOutputFormat& container, int times) {
  if (has_name(container, "gif")) return {"loop", times == 0 ? 0 : times == 1 ? -1 : times - 1};
  if (has_name(container, "apng")) return {"plays", times};
  if (has_name(container, "webp")) return {"loop", times};
  return {};
}

}  // namespace fluxel::video
