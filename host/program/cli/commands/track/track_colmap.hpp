// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "host/program/cli/commands/track/track_output.hpp"

namespace fluxel::cli {

/// Writes a folder that COLMAP's importers read: images/frame000001.png and so on in grey or color, features/*.txt
/// with the points of each image, and matches.txt, in which points of one id match.
///
/// Images are matched with the 8 before them, and with those 16, 32, 64 ... before, as far as they share enough
/// points.
class colmap_scene : public track_output {
 public:
  /// @param path  an empty folder. @param name  for messages. @throws video::failure output
  colmap_scene(const std::string& path, const std::string& name);

  bool wants_pixels() const override { return true; }
  void write(int frame, double seconds, const video::plain_picture& picture,
             const std::vector<observation>& seen) override;
  void finish() override;

 private:
  void write_features(const std::string& image, const std::vector<const observation*>& points) const;
  void write_matches(int frame);

  std::string path_, name_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> matches_;
  std::vector<std::vector<int>> ids_;  ///< of each image, increasing
};

}  // namespace fluxel::cli
