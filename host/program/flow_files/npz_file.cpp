// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/npz_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "host/program/video/failure.hpp"

namespace fluxel::video {

namespace {

constexpr std::uint64_t most_bytes = 0xfffffffe;  // of an archive without the extensions of ZIP64

/// CRC-32 of ISO 3309, as ZIP has it.
std::uint32_t checksum(std::uint32_t before, const void* bytes, std::uint64_t count) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> t{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int bit = 0; bit < 8; ++bit) c = (c & 1) != 0 ? 0xedb88320u ^ (c >> 1) : c >> 1;
      t[i] = c;
    }
    return t;
  }();
  std::uint32_t c = ~before;
  const auto* p = static_cast<const unsigned char*>(bytes);
  for (std::uint64_t i = 0; i < count; ++i) c = table[(c ^ p[i]) & 255] ^ (c >> 8);
  return ~c;
}

/// Little-endian numbers one after the other.
std::string numbers(std::initializer_list<std::pair<std::uint64_t, int>> values_and_bytes) {
  std::string text;
  for (const auto& [value, bytes] : values_and_bytes)
    for (int i = 0; i < bytes; ++i) text += char(value >> (8 * i) & 255);
  return text;
}

/// The header of a .npy file of version 1.0: its length is a multiple of 64.
std::string npy_header(const std::string& type, const std::vector<std::uint64_t>& shape) {
  std::string dims;
  for (const std::uint64_t d : shape) dims += std::to_string(d) + ", ";
  if (shape.size() > 1) dims.resize(dims.size() - 2);
  std::string text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + dims + "), }";
  const std::size_t before = 10, whole = (before + text.size() + 1 + 63) / 64 * 64;
  text.append(whole - before - text.size() - 1, ' ');
  text += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + numbers({{text.size(), 2}}) + text;
}

}  // namespace

npz_file::npz_file(const std::string& path, const std::string& name) : name_(name), file_(path, std::ios::binary) {
  check();
}

void npz_file::add(const std::string& array, const std::string& type, const std::vector<std::uint64_t>& shape,
                   const void* samples, std::uint64_t bytes) {
  const std::string header = npy_header(type, shape), file = array + ".npy";
  const std::uint64_t size = header.size() + bytes;
  if (written_ + size > most_bytes)
    throw failure(fault::output,
                  name_ + ": more than 4 GiB of points, which a .npz cannot hold; take .csv or .jsonl");
  const std::uint32_t crc = checksum(checksum(0, header.data(), header.size()), samples, bytes);
  // Version 2.0, no flags, stored, 1980-01-01 0:00, checksum, sizes, length of the name, no extra field.
  const std::string common =
      numbers({{20, 2}, {0, 2}, {0, 2}, {0, 2}, {0x21, 2}, {crc, 4}, {size, 4}, {size, 4}, {file.size(), 2}, {0, 2}});
  directory_ +=
      numbers({{0x02014b50, 4}, {20, 2}}) + common + numbers({{0, 2}, {0, 2}, {0, 2}, {0, 4}, {written_, 4}}) + file;
  put(numbers({{0x04034b50, 4}}) + common + file + header);
  put(samples, bytes);
  ++entries_;
}

void npz_file::finish() {
  const std::uint64_t start = written_, entries = static_cast<std::uint64_t>(entries_);
  put(directory_ +
      numbers(
          {{0x06054b50, 4}, {0, 2}, {0, 2}, {entries, 2}, {entries, 2}, {directory_.size(), 4}, {start, 4}, {0, 2}}));
  file_.close();
  check();
}

void npz_file::put(const std::string& bytes) { put(bytes.data(), bytes.size()); }

void npz_file::put(const void* bytes, std::uint64_t count) {
  file_.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(count));
  check();
  written_ += count;
}

void npz_file::check() const {
  if (!file_) throw failure(fault::output, "cannot write " + name_ + ": " + std::strerror(errno));
}

}  // namespace fluxel::video
