// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/track/track_colmap.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "host/program/video/failure.hpp"
#include "host/program/video/output/png.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

constexpr int every_image_before = 8;  ///< matched with each; farther ones at powers of 2
constexpr std::size_t fewest_matches = 16;

[[noreturn]] void fail_to_write(const std::string& name) {
  throw failure(fault::output, "cannot write " + name + ": " + std::strerror(errno));
}

std::string image_name(int frame) {
  char text[32];
  std::snprintf(text, sizeof text, "frame%06d.png", frame + 1);
  return text;
}

/// Samples as bytes.
std::vector<std::uint8_t> bytes_of(const video::plain_picture& p) {
  const std::size_t samples = std::size_t(p.width) * p.height * p.channels;
  std::vector<std::uint8_t> bytes(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    if (p.type == element_type::u8)
      bytes[i] = reinterpret_cast<const std::uint8_t*>(p.pixels.data())[i];
    else if (p.type == element_type::u16)
      bytes[i] = std::uint8_t(reinterpret_cast<const std::uint16_t*>(p.pixels.data())[i] >> (p.bit_depth - 8));
    else {
      const float v = reinterpret_cast<const float*>(p.pixels.data())[i];
      bytes[i] = std::uint8_t(v > 0 ? std::min(255.0f, v * 255 + 0.5f) : 0);
    }
  }
  return bytes;
}

void write_file(const std::string& path, const void* bytes, std::size_t count, const std::string& name) {
  std::ofstream file(path, std::ios::binary);
  file.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(count));
  file.close();
  if (!file) fail_to_write(name);
}

/// Elements of two increasing lists that are equal, as their indices.
std::vector<std::pair<int, int>> common(const std::vector<int>& a, const std::vector<int>& b) {
  std::vector<std::pair<int, int>> pairs;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) pairs.emplace_back(int(i), int(j));
    const bool first = a[i] <= b[j], second = b[j] <= a[i];
    i += first, j += second;
  }
  return pairs;
}

}  // namespace

colmap_scene::colmap_scene(const std::string& path, const std::string& name)
    : path_(path), name_(name), matches_(nullptr, std::fclose) {
  std::error_code status;
  for (const char* folder : {"/images", "/features"})
    if (!std::filesystem::create_directory(path + folder, status))
      throw failure(fault::output, "cannot write " + name + folder + ": " + status.message());
  matches_.reset(std::fopen((path + "/matches.txt").c_str(), "w"));
  if (!matches_) fail_to_write(name + "/matches.txt");
}

void colmap_scene::write(int frame, double, const video::plain_picture& picture,
                         const std::vector<observation>& seen) {
  const std::string image = image_name(frame);
  const std::vector<std::uint8_t> bytes = bytes_of(picture);
  const auto png = picture.channels == 1 ? video::png_of_grey(bytes, picture.width, picture.height)
                                         : video::png_of_rgb24(bytes, picture.width, picture.height);
  write_file(path_ + "/images/" + image, png.data(), png.size(), name_ + "/images/" + image);
  // A point that was lost here is not where it is listed.
  std::vector<const observation*> points;
  for (const observation& o : seen)
    if (o.is_new || o.status == track_status::tracked) points.push_back(&o);
  std::sort(points.begin(), points.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
  write_features(image, points);
  std::vector<int>& ids = ids_.emplace_back();
  for (const observation* o : points) ids.push_back(o->id);
  write_matches(frame);
}

/// COLMAP counts from the first pixel's corner. Scale and descriptor are not read by what takes matches as they are.
void colmap_scene::write_features(const std::string& image, const std::vector<const observation*>& points) const {
  static const std::string no_descriptor = [] {
    std::string zeros;
    for (int i = 0; i < 128; ++i) zeros += " 0";
    return zeros;
  }();
  std::string text = std::to_string(points.size()) + " 128\n";
  for (const observation* o : points) {
    char place[64];
    std::snprintf(place, sizeof place, "%.4f %.4f 1 0", double(o->at.x) + 0.5, double(o->at.y) + 0.5);
    text += place + no_descriptor + '\n';
  }
  write_file(path_ + "/features/" + image + ".txt", text.data(), text.size(), name_ + "/features/" + image + ".txt");
}

void colmap_scene::write_matches(int frame) {
  for (int back = 1; back <= frame; back = back < every_image_before ? back + 1 : 2 * back) {
    const auto pairs = common(ids_[frame - back], ids_[frame]);
    if (pairs.size() < fewest_matches) continue;
    std::string text = image_name(frame - back) + ' ' + image_name(frame) + '\n';
    for (const auto& [a, b] : pairs) text += std::to_string(a) + ' ' + std::to_string(b) + '\n';
    text += '\n';
    if (std::fwrite(text.data(), 1, text.size(), matches_.get()) != text.size())
      fail_to_write(name_ + "/matches.txt");
  }
}

void colmap_scene::finish() {
  if (std::fflush(matches_.get()) != 0) fail_to_write(name_ + "/matches.txt");
}

}  // namespace fluxel::cli
