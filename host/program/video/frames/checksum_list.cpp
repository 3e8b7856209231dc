// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/frames/checksum_list.hpp"

#include <array>
#include <cstdint>
#include <new>
#include <utility>

#include "host/program/video/failure.hpp"
#include "host/program/video/ffmpeg.hpp"

extern "C" {
#include <libavutil/md5.h>
}

namespace fluxel::video {

checksum_list::checksum_list(const std::string& path) : path_(path), md5_(av_md5_alloc()) {
  if (md5_ == nullptr) throw std::bad_alloc();
  av_md5_init(md5_);
  check(avio_open(&file_, path == "-" ? "pipe:1" : ("file:" + path).c_str(), AVIO_FLAG_WRITE));
}

checksum_list::checksum_list(checksum_list&& from) noexcept
    : path_(from.path_), file_(std::exchange(from.file_, nullptr)), md5_(std::exchange(from.md5_, nullptr)) {}

checksum_list::~checksum_list() {
  avio_closep(&file_);
  av_free(md5_);
}

void checksum_list::check(int status) const {
  if (status < 0) throw failure(fault::output, "--frame-md5: cannot write " + path_ + ": " + status_text(status));
}

void checksum_list::write(const std::string& line) {
  avio_write(file_, reinterpret_cast<const unsigned char*>(line.data()), int(line.size()));
  check(file_->error);
}

void checksum_list::describe(const std::string& text) { write('#' + text + '\n'); }

void checksum_list::add(const void* bytes, std::size_t count) {
  av_md5_update(md5_, static_cast<const std::uint8_t*>(bytes), count);
}

void checksum_list::end_frame(const std::string& label) {
  std::array<std::uint8_t, 16> sum{};
  av_md5_final(md5_, sum.data());
  av_md5_init(md5_);
  std::string line = label + ',';
  for (const std::uint8_t byte : sum) {
    line += "0123456789abcdef"[byte >> 4];
    line += "0123456789abcdef"[byte & 15];
  }
  write(line + '\n');
}

void checksum_list::finish() {
  avio_flush(file_);
  check(file_->error);
  check(avio_closep(&file_));
}

}  // namespace fluxel::video
