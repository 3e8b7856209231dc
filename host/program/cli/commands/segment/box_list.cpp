// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/segment/box_list.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include "host/program/cli/json.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

moving_region shown_as::operator()(moving_region r) const {
  size s = stored;
  if (mirrored) {
    r.x = s.width - r.x - r.width;
    r.u = -r.u;
  }
  for (int turn = 0; turn < quarter_turns; ++turn) {
    r.x = std::exchange(r.y, r.x);
    r.x = s.height - r.x - r.height;
    r.u = -std::exchange(r.v, r.u);
    std::swap(r.width, r.height);
    std::swap(s.width, s.height);
  }
  return r;
}

box_list::box_list(const std::string& path, const std::string& name)
    : name_(name),
      file_(path == "-" ? stdout : std::fopen(path.c_str(), "w"), path == "-" ? std::fflush : std::fclose) {
  check(file_ != nullptr);
}

void box_list::write(int frame, double seconds, std::span<const moving_region> regions, const shown_as& shown) {
  for (const moving_region& region : regions) {
    const moving_region r = shown(region);
    json_object line;
    line.add("frame", frame).add("time", seconds).add("id", r.id);
    line.add("x", r.x).add("y", r.y).add("width", r.width).add("height", r.height).add("area", r.area);
    line.add("u", double(r.u)).add("v", double(r.v));
    const std::string text = line.text() + '\n';
    check(std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size());
  }
}

void box_list::finish() { check(std::fflush(file_.get()) == 0); }

void box_list::check(bool good) const {
  if (!good) throw video::failure(video::fault::output, "cannot write " + name_ + ": " + std::strerror(errno));
}

}  // namespace fluxel::cli
