// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/flow_file.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <vector>

#include "host/program/video/failure.hpp"
#include "host/program/video/frames/plain_picture.hpp"
#include "host/program/video/input/exr_samples.hpp"
#include "host/program/video/output/exr.hpp"
#include "host/program/video/output/png.hpp"

namespace fluxel::video {

namespace {

static_assert(std::endian::native == std::endian::little,
              "files are little-endian and written as they lie in memory");

constexpr char flo_tag[] = {'P', 'I', 'E', 'H'};  // the bytes of 202021.25f
constexpr std::size_t flo_header = 12;
constexpr int largest_side = 1 << 16;

constexpr float kitti_scale = 64;
constexpr int kitti_zero = 1 << 15;

flow_field read_flo(std::ifstream& file, const std::string& name) {
  std::int32_t sides[2] = {};
  file.read(reinterpret_cast<char*>(sides), sizeof sides);
  const auto [width, height] = sides;
  if (!file || width < 1 || height < 1 || width > largest_side || height > largest_side)
    throw failure(fault::input, name + ": not a .flo file: its header names no size");
  const std::uintmax_t expected = flo_header + std::uintmax_t{8} * unsigned(width) * unsigned(height);
  std::error_code none;
  const auto bytes = std::filesystem::file_size(name, none);
  if (!none && bytes < expected)  // before memory is asked for
    throw failure(fault::input, name + ": ends early: " + std::to_string(width) + 'x' + std::to_string(height) +
                                    " needs " + std::to_string(expected) + " bytes, it has " + std::to_string(bytes));
  flow_field flow(width, height);
  file.read(reinterpret_cast<char*>(flow.uv.data()), std::streamsize(flow.uv.size() * sizeof(float)));
  if (!file) throw failure(fault::input, name + ": ends early");
  return flow;
}

flow_field read_kitti(const std::string& name) {
  const plain_picture picture = read_picture(name);
  if (picture.type != element_type::u16 || picture.channels != 3)
    throw failure(fault::input, name + ": not flow: a flow PNG has three channels of 16 bits");
  flow_field flow(picture.width, picture.height);
  const std::uint16_t* rgb = picture.view<std::uint16_t>().data;
  for (std::size_t i = 0; i < flow.pixels(); ++i, rgb += 3)
    for (int c = 0; c < 2; ++c)
      flow.uv[2 * i + c] = rgb[2] == 0 ? unknown_flow : float(rgb[c] - kitti_zero) / kitti_scale;
  return flow;
}

flow_field read_exr(const std::string& name) {
  const std::optional<float_samples> picture = read_exr_samples(name);
  if (!picture) throw failure(fault::input, name + ": not flow: its channels are not R, G and B");
  flow_field flow(picture->width, picture->height);
  const float* rgb = picture->rgb.data();
  for (std::size_t i = 0; i < flow.pixels(); ++i, rgb += 3)
    for (int c = 0; c < 2; ++c) flow.uv[2 * i + c] = rgb[2] == 0 ? unknown_flow : rgb[c];
  return flow;
}

/// What stands behind a key of NumPy's header, such as "'<f4', 'fortran_order': False, ...".
std::string npy_value(const std::string& header, const char* key) {
  const std::string quoted = std::string("'") + key + "':";
  const std::size_t at = header.find(quoted);
  if (at == std::string::npos) return {};
  const std::size_t value = header.find_first_not_of(' ', at + quoted.size());
  return value == std::string::npos ? "" : header.substr(value);
}

std::string read_npy_header(std::ifstream& file, const std::string& name) {
  unsigned char start[8] = {};  // two more bytes of the tag, the version, the length
  file.read(reinterpret_cast<char*>(start), 6);
  if (start[2] > 1) file.read(reinterpret_cast<char*>(start + 6), 2);
  const std::size_t length = start[4] | start[5] << 8 | std::size_t(start[6]) << 16 | std::size_t(start[7]) << 24;
  constexpr std::size_t most = 1 << 16;
  std::string header(std::min(length, most), ' ');
  file.read(header.data(), std::streamsize(header.size()));
  if (!file || length > most) throw failure(fault::input, name + ": not a .npy file: it has no header");
  return header;
}

template <class T>
bool read_npy_samples(std::ifstream& file, flow_field& flow) {
  std::vector<T> samples(flow.uv.size());
  file.read(reinterpret_cast<char*>(samples.data()), std::streamsize(samples.size() * sizeof(T)));
  std::transform(samples.begin(), samples.end(), flow.uv.begin(), [](T sample) { return float(sample); });
  return bool(file);
}

flow_field read_npy(std::ifstream& file, const std::string& name) {
  const std::string header = read_npy_header(file, name);
  const std::string type = npy_value(header, "descr").substr(0, 5), shape = npy_value(header, "shape");
  int height = 0, width = 0, components = 0;
  const int numbers = std::sscanf(shape.c_str(), "( %d , %d , %d", &height, &width, &components);
  const bool doubles = type == "'<f8'";
  if ((!doubles && type != "'<f4'") || npy_value(header, "fortran_order").rfind("False", 0) != 0)
    throw failure(fault::input, name + ": flow in .npy files is float32 or float64, little-endian, in C order");
  if (numbers != 3 || components != 2 || height < 1 || width < 1 || height > largest_side || width > largest_side)
    throw failure(fault::input, name + ": not flow: its shape is " + shape.substr(0, shape.find(')') + 1) +
                                    ", and flow has height x width x 2");
  const auto begin = std::uintmax_t(file.tellg());
  const std::uintmax_t body = std::uintmax_t(doubles ? 16 : 8) * unsigned(width) * unsigned(height);
  std::error_code none;
  const auto bytes = std::filesystem::file_size(name, none);
  if (!none && bytes < begin + body)
    throw failure(fault::input, name + ": ends early");  // before memory is asked for
  flow_field flow(width, height);
  if (!(doubles ? read_npy_samples<double>(file, flow) : read_npy_samples<float>(file, flow)))
    throw failure(fault::input, name + ": ends early");
  return flow;
}

std::uint16_t kitti_component(float value, std::size_t pixel, const flow_field& flow, const std::string& name) {
  const float scaled = std::nearbyint(value * kitti_scale) + kitti_zero;
  if (scaled >= 0 && scaled <= 65535) return std::uint16_t(scaled);
  char text[160];
  std::snprintf(text, sizeof text, ": the flow at x = %zu, y = %zu is (%g, %g) px; KITTI files hold -512 to 511.98",
                pixel % flow.width, pixel / flow.width, flow.u(pixel), flow.v(pixel));
  throw failure(fault::output, "cannot write " + name + text);
}

void write_file(std::span<const std::uint8_t> bytes, const std::string& path, const std::string& name) {
  const auto check = [&](bool good) {
    if (!good) throw failure(fault::output, "cannot write " + name + ": " + std::strerror(errno));
  };
  const bool standard = path == "-";
  std::FILE* file = standard ? stdout : std::fopen(path.c_str(), "wb");
  check(file != nullptr);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> closed(file, standard ? std::fflush : std::fclose);
  check(std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() && std::fflush(file) == 0);
}

}  // namespace

bool is_exr_flow(const std::string& name) {
  try {
    const std::optional<float_samples> picture = read_exr_samples(name);
    if (!picture) return false;
    for (std::size_t i = 2; i < picture->rgb.size(); i += 3)
      if (picture->rgb[i] != 0 && picture->rgb[i] != 1) return false;
    return true;
  } catch (const failure&) {
    return false;  // whoever reads it next says why
  }
}

bool is_kitti_flow(const std::string& name) {
  try {
    const plain_picture picture = read_picture(name);
    if (picture.type != element_type::u16 || picture.channels != 3) return false;
    const auto* rgb = picture.view<std::uint16_t>().data;
    const std::size_t samples = std::size_t(picture.width) * picture.height * 3;
    for (std::size_t i = 2; i < samples; i += 3)
      if (rgb[i] > 1) return false;
    return true;
  } catch (const failure&) {
    return false;  // whoever reads it next says why
  }
}

flow_field read_flow(const std::string& name) {
  std::error_code none;
  if (!std::filesystem::exists(name, none)) throw failure(fault::input, name + ": no such file");
  if (std::filesystem::is_directory(name, none)) throw failure(fault::input, name + ": is a folder; name a file");
  std::ifstream file(name, std::ios::binary);
  char tag[4] = {};
  if (!file) throw failure(fault::input, name + ": " + std::strerror(errno));
  file.read(tag, sizeof tag);
  if (std::memcmp(tag, flo_tag, sizeof tag) == 0) return read_flo(file, name);
  if (std::memcmp(tag, "\x89PNG", sizeof tag) == 0) return read_kitti(name);
  if (std::memcmp(tag, "\x93NUM", sizeof tag) == 0) return read_npy(file, name);
  if (std::memcmp(tag, "\x76\x2f\x31\x01", sizeof tag) == 0) return read_exr(name);
  throw failure(fault::input, name + ": not flow: it is no .flo, .npy or OpenEXR file, and no KITTI PNG");
}

void write_flo(const flow_field& flow, const std::string& path, const std::string& name) {
  const std::int32_t sides[] = {flow.width, flow.height};
  const std::size_t body = flow.uv.size() * sizeof(float);
  std::vector<std::uint8_t> bytes(flo_header + body);
  std::memcpy(bytes.data(), flo_tag, sizeof flo_tag);
  std::memcpy(bytes.data() + sizeof flo_tag, sides, sizeof sides);
  std::memcpy(bytes.data() + flo_header, flow.uv.data(), body);
  write_file(bytes, path, name);
}

void write_npy(const flow_field& flow, const std::string& path, const std::string& name) {
  constexpr std::size_t before_header = 10, alignment = 64;
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(flow.height) + ", " +
                       std::to_string(flow.width) + ", 2), }";
  header.append(alignment - 1 - (before_header + header.size()) % alignment, ' ').push_back('\n');
  const std::string start = std::string("\x93NUMPY\x01\x00", 8) + char(header.size()) + '\0' + header;
  const std::size_t body = flow.uv.size() * sizeof(float);
  std::vector<std::uint8_t> bytes(start.size() + body);
  std::memcpy(bytes.data(), start.data(), start.size());
  std::memcpy(bytes.data() + start.size(), flow.uv.data(), body);
  write_file(bytes, path, name);
}

void write_exr(const flow_field& flow, const std::string& path, const std::string& name) {
  std::vector<float> rgb(flow.pixels() * 3);
  for (std::size_t i = 0; i < flow.pixels(); ++i) {
    if (!is_known(flow, i)) continue;
    rgb[3 * i] = flow.u(i);
    rgb[3 * i + 1] = flow.v(i);
    rgb[3 * i + 2] = 1;
  }
  write_file(exr_of_rgb(rgb, flow.width, flow.height), path, name);
}

void write_kitti(const flow_field& flow, const std::string& path, const std::string& name) {
  std::vector<std::uint16_t> rgb(flow.pixels() * 3);
  for (std::size_t i = 0; i < flow.pixels(); ++i) {
    if (!is_known(flow, i)) continue;
    rgb[3 * i] = kitti_component(flow.u(i), i, flow, name);
    rgb[3 * i + 1] = kitti_component(flow.v(i), i, flow, name);
    rgb[3 * i + 2] = 1;
  }
  write_file(png_of_rgb48(rgb, flow.width, flow.height), path, name);
}

void write_grey(std::span<const std::uint8_t> pixels, int width, int height, const std::string& path,
                const std::string& name) {
  write_file(png_of_grey(pixels, width, height), path, name);
}

void write_color(std::span<const std::uint8_t> pixels, int width, int height, const std::string& path,
                 const std::string& name) {
  write_file(png_of_rgb24(pixels, width, height), path, name);
}

}  // namespace fluxel::video
