// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/track/track_list.hpp"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>

#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

/// The shortest text that reads back as the same number.
template <class T>
std::string digits(T value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

}  // namespace

track_list::track_list(const std::string& path, const std::string& name, kind kind)
    : name_(name),
      kind_(kind),
      file_(path == "-" ? stdout : std::fopen(path.c_str(), "w"), path == "-" ? std::fflush : std::fclose) {
  check(file_ != nullptr);
  if (kind == kind::csv) put("frame,id,x,y,error,status,time\n");
}

void track_list::write(int frame, double seconds, const video::plain_picture&, const std::vector<observation>& seen) {
  const std::string f = std::to_string(frame), time = digits(std::round(seconds * 1e6) / 1e6);
  std::string text;
  for (const observation& o : seen) {
    const std::string id = std::to_string(o.id), status = status_name(o);
    const std::string x = digits(o.at.x), y = digits(o.at.y), error = digits(o.error);
    if (kind_ == kind::csv)
      text += f + ',' + id + ',' + x + ',' + y + ',' + error + ',' + status + ',' + time + '\n';
    else
      text += "{\"frame\": " + f + ", \"id\": " + id + ", \"x\": " + x + ", \"y\": " + y + ", \"error\": " + error +
              ", \"status\": \"" + status + "\", \"time\": " + time + "}\n";
  }
  put(text);
}

void track_list::finish() { check(std::fflush(file_.get()) == 0); }

void track_list::put(const std::string& text) {
  check(std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size());
}

void track_list::check(bool good) const {
  if (!good) throw video::failure(video::fault::output, "cannot write " + name_ + ": " + std::strerror(errno));
}

}  // namespace fluxel::cli
