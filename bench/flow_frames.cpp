// SPDX-License-Identifier: Apache-2.0
#include "bench/flow_frames.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <utility>

#include "bench/cases.hpp"

namespace fluxel::bench {

namespace {

/// The same for the same pixel of the texture, whatever the frame.
double grain(int x, int y) {
  std::uint32_t h = static_cast<std::uint32_t>(x) * 0x9e3779b1u ^ static_cast<std::uint32_t>(y) * 0x85ebca77u;
  h = (h ^ h >> 15) * 0x2c1b3c6du;
  return static_cast<double>((h ^ h >> 13) & 0xffff) / 0xffff - 0.5;
}

double texture(double x, double y) {
  const double fx = std::floor(x), fy = std::floor(y);
  const int ix = static_cast<int>(fx), iy = static_cast<int>(fy);
  const double a = x - fx, b = y - fy;
  const double noise = (1 - b) * ((1 - a) * grain(ix, iy) + a * grain(ix + 1, iy)) +
                       b * ((1 - a) * grain(ix, iy + 1) + a * grain(ix + 1, iy + 1));
  return 128 + 50 * noise + 30 * std::sin(0.31 * x + 0.17 * y) + 25 * std::sin(0.071 * x - 0.053 * y) +
         20 * std::cos(0.013 * x + 0.019 * y);
}

u8 to_u8(double v) { return static_cast<u8>(v < 0 ? 0 : v > 255 ? 255 : v + 0.5); }

image<u8> read_pnm(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  int width = 0, height = 0, white = 0;
  file >> magic >> width >> height >> white;
  file.get();
  const int channels = magic == "P5" ? 1 : magic == "P6" ? 3 : 0;
  if (!file || channels == 0 || width < 1 || height < 1 || white != 255) {
    std::fprintf(stderr, "FLUXEL_BENCH_FRAMES: %s: not a binary PGM or PPM of 8 bits\n", path.c_str());
    std::exit(3);
  }
  std::vector<char> row(std::size_t(width) * channels);
  image<u8> grey(width, height);
  for (int y = 0; y < height; ++y) {
    file.read(row.data(), static_cast<std::streamsize>(row.size()));
    for (int x = 0; x < width; ++x) {
      int sum = 0;
      for (int c = 0; c < channels; ++c) sum += static_cast<u8>(row[std::size_t(x) * channels + c]);
      grey(x, y) = static_cast<u8>(sum / channels);
    }
  }
  return grey;
}

constexpr const char* files_variable = "FLUXEL_BENCH_FRAMES";

constexpr std::pair<const char*, size> sizes[] = {
    {"vga", {640, 480}}, {"720p", hd720}, {"1080p", hd1080}, {"4K", uhd}};

frame_pair moving_texture(size s) {
  frame_pair pair{image<u8>(s.width, s.height), image<u8>(s.width, s.height)};
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const double u = 1.5 + 1.5 * std::sin(6.0 * y / s.height), v = 1.2 * std::cos(5.0 * x / s.width);
      pair.prev(x, y) = to_u8(texture(x, y));
      pair.next(x, y) = to_u8(texture(x - u, y - v));
    }
  return pair;
}

frame_pair make_frames(const std::string& name) {
  for (const auto& [known, s] : sizes)
    if (name == known) return moving_texture(s);
  const std::string files = std::getenv(files_variable);
  const auto comma = files.find(',');
  return {read_pnm(files.substr(0, comma)), read_pnm(files.substr(comma + 1))};
}

}  // namespace

std::vector<std::string> frame_names() {
  if (std::getenv(files_variable) != nullptr) return {"files"};
  std::vector<std::string> names;
  for (const auto& known : sizes) names.emplace_back(known.first);
  return names;
}

const frame_pair& frames_of(const std::string& name) {
  static std::map<std::string, frame_pair> made;
  const auto found = made.find(name);
  return found != made.end() ? found->second : made.emplace(name, make_frames(name)).first->second;
}

}  // namespace fluxel::bench
