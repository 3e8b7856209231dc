// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

struct AVIOContext;
struct AVMD5;

namespace fluxel::video {

/// A file of `--frame-md5`: lines of description that begin with "#", then a line for each frame that ends in the MD5
/// of its bytes, in lower-case hex.
class checksum_list {
 public:
  /// @param path  "-" for standard output. @throws failure output
  explicit checksum_list(const std::string& path);
  checksum_list(checksum_list&& from) noexcept;
  checksum_list& operator=(checksum_list&&) = delete;
  ~checksum_list();

  void describe(const std::string& text);

  /// The bytes of the next frame, in pieces; then its line, "label,md5".
  void add(const void* bytes, std::size_t count);
  void end_frame(const std::string& label);

  void finish();

 private:
  void write(const std::string& line);
  void check(int status) const;

  std::string path_;
  AVIOContext* file_ = nullptr;
  AVMD5* md5_ = nullptr;
};

}  // namespace fluxel::video
