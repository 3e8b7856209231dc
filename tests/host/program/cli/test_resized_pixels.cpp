// SPDX-License-Identifier: Apache-2.0
// The program writes exactly the pixels that the library makes, for YUV4MPEG2 files built here by hand.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "fluxel/resizer.hpp"

namespace fluxel {
namespace {

constexpr size source{57, 43};
constexpr int frames = 3;

struct y4m_format {
  const char* name;
  int shift_x, shift_y, depth;
};

std::string header(const y4m_format& f, size s) {
  std::ostringstream text;
  text << "YUV4MPEG2 W" << s.width << " H" << s.height << " F25:1 Ip A1:1 C" << f.name << '\n';
  return text.str();
}

std::size_t frame_bytes(const frame_format& f) {
  std::size_t bytes = 0;
  for (int p = 0; p < f.plane_count; ++p)
    bytes += std::size_t(f.plane_size(p).width) * f.plane_size(p).height * element_size(f.type());
  return bytes;
}

template <class Void, class Byte>
frame_view<Void> packed(const frame_format& f, Byte* bytes) {
  frame_view<Void> v{f};
  for (int p = 0; p < f.plane_count; ++p) {
    v.data[p] = bytes;
    v.pitch[p] = std::ptrdiff_t{f.plane_size(p).width} * element_size(f.type());
    bytes += v.pitch[p] * f.plane_size(p).height;
  }
  return v;
}

std::vector<char> noise(const frame_format& f) {
  std::mt19937 random(7);
  std::vector<char> bytes(frame_bytes(f));
  const int step = element_size(f.type());
  for (std::size_t i = 0; i < bytes.size(); i += step) {
    const unsigned value = random() & ((1u << f.bit_depth) - 1);
    bytes[i] = char(value & 255);
    if (step == 2) bytes[i + 1] = char(value >> 8);
  }
  return bytes;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void check(const y4m_format& y4m, size target, const std::string& words, const resize_options& options) {
  SCOPED_TRACE(y4m.name + words);
  const auto folder =
      std::filesystem::temp_directory_path() / ("fluxel-pixels-" + std::to_string(std::random_device{}()));
  std::filesystem::create_directory(folder);
  frame_format in = formats::yuv(source, y4m.shift_x, y4m.shift_y, y4m.depth);
  in.chroma_location = std::string(y4m.name) == "420jpeg" ? chroma_location::center : chroma_location::left;
  frame_format out = in;
  out.width = target.width, out.height = target.height;
  const std::vector<char> pixels = noise(in);
  {
    std::ofstream file(folder / "in.y4m", std::ios::binary);
    file << header(y4m, source);
    for (int i = 0; i < frames; ++i) (file << "FRAME\n").write(pixels.data(), std::streamsize(pixels.size()));
  }
  const std::string command = std::string(std::getenv("FLUXEL")) + " resize " + (folder / "in.y4m").string() + ' ' +
                              (folder / "out.y4m").string() + " --quiet --device cpu --size " +
                              std::to_string(target.width) + 'x' + std::to_string(target.height) + words;
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  std::vector<char> expected(frame_bytes(out));
  resizer(in, target, options, {run_on::cpu})
      .run(packed<const void>(in, pixels.data()), packed<void>(out, expected.data()));
  const std::string got = contents(folder / "out.y4m");
  const std::string one = "FRAME\n" + std::string(expected.begin(), expected.end());
  const std::size_t start = got.find('\n') + 1;
  EXPECT_EQ(got.size() - start, frames * one.size());
  for (int i = 0; i < frames; ++i) EXPECT_TRUE(got.compare(start + i * one.size(), one.size(), one) == 0) << i;
  std::filesystem::remove_all(folder);
}

TEST(program, pixels_are_those_of_the_library) {
  constexpr y4m_format all[] = {
      {"420jpeg", 1, 1, 8}, {"420mpeg2", 1, 1, 8}, {"422", 1, 0, 8}, {"444", 0, 0, 8}, {"420p10", 1, 1, 10}};
  for (const y4m_format& f : all) {
    for (size target : {size{31, 17}, size{120, 100}, size{57, 20}}) {
      if (f.depth > 8) target.width &= ~1;  // FFmpeg's writer is wrong for odd ones
      check(f, target, "", {.antialias = antialias::yes});
      check(f, target, " --no-antialias", {});
      check(f, target, " --filter lanczos3", {.filter = filter::lanczos3, .antialias = antialias::yes});
      check(f, target, " --filter nearest --coordinates asymmetric",
            {.filter = filter::nearest, .coordinates = coordinates::asymmetric});
      check(f, target, " --filter bicubic --cubic-a -0.5",
            {.filter = filter::bicubic, .antialias = antialias::yes, .cubic_a = -0.5});
      check(f, target, " --filter mitchell --cubic-bc 0.25,3/8",
            {.filter = filter::mitchell, .antialias = antialias::yes, .cubic_b = 0.25, .cubic_c = 0.375});
    }
  }
}

}  // namespace
}  // namespace fluxel
