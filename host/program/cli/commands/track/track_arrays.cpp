// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/track/track_arrays.hpp"

#include "host/program/flow_files/npz_file.hpp"

namespace fluxel::cli {

void track_arrays::write(int frame, double seconds, const video::plain_picture& picture,
                         const std::vector<observation>& seen) {
  size_[0] = picture.width, size_[1] = picture.height;
  for (const observation& o : seen) {
    frames_.push_back(frame);
    ids_.push_back(o.id);
    places_.insert(places_.end(), {o.at.x, o.at.y});
    errors_.push_back(o.error);
    status_.push_back(static_cast<std::uint8_t>(o.status));
    new_.push_back(o.is_new);
    times_.push_back(seconds);
  }
}

void track_arrays::finish() {
  const std::uint64_t n = ids_.size();
  video::npz_file file(path_, name_);
  file.add("frame", "<i4", {n}, frames_.data(), n * 4);
  file.add("id", "<i4", {n}, ids_.data(), n * 4);
  file.add("xy", "<f4", {n, 2}, places_.data(), n * 8);
  file.add("error", "<f4", {n}, errors_.data(), n * 4);
  file.add("status", "|u1", {n}, status_.data(), n);
  file.add("new", "|b1", {n}, new_.data(), n);
  file.add("time", "<f8", {n}, times_.data(), n * 8);
  file.add("size", "<i4", {2}, size_, sizeof size_);
  file.finish();
}

}  // namespace fluxel::cli
