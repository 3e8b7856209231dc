// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "fluxel/resize_options.hpp"
#include "host/program/cli/commands/track/point_sequence.hpp"

namespace fluxel::cli {

/// The points of --points, in the order of their ids.
class start_points {
 public:
  /// Reads x and y of a line, or the columns x, y and, where they are there, id, status and frame of a CSV or of
  /// JSON lines: of a list of `fluxel track` the points of its first frame that are not lost. Lines from # on are
  /// left out; without ids, points count from 0.
  /// @throws video::failure input  with the line that cannot be read.
  explicit start_points(const std::string& file);

  /// @throws video::failure input  a point lies outside the outermost pixel centres.
  void check(size pictures) const;

  std::vector<numbered_point> take() const;

 private:
  struct entry {
    numbered_point point;
    int line;
  };
  std::string at(int line) const;
  void read_pair(const std::string& text, int line);
  void read_object(const std::string& text, int line);
  void read_row(const std::vector<std::string>& names, const std::vector<std::string>& fields, int line);
  void check_ids();

  std::string file_;
  std::string first_frame_;  // as the first row writes it
  std::vector<entry> entries_;
};

/// The picture of --mask or --valid-mask.
class picture_mask {
 public:
  /// @throws video::failure input  it cannot be read.
  picture_mask(const char* option, const std::string& file);

  /// @throws video::failure input  the mask has another size.
  void check(size pictures) const;

  /// 1 where the picture is at least half as bright as white, else 0; row after row.
  const std::vector<u8>& places() const { return places_; }

 private:
  std::string option_, file_;
  size size_;
  std::vector<u8> places_;
};

}  // namespace fluxel::cli
