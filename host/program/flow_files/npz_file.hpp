// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace fluxel::video {

/// Arrays in a file that NumPy reads: .npz, a ZIP archive of .npy files that are stored as they are.
class npz_file {
 public:
  /// @param path  where to write. @param name  for messages. @throws failure output
  npz_file(const std::string& path, const std::string& name);

  /// @param type  as NumPy writes it: "<f4". @param bytes  of the samples, little-endian, in C order.
  void add(const std::string& array, const std::string& type, const std::vector<std::uint64_t>& shape,
           const void* samples, std::uint64_t bytes);

  /// Writes the archive's directory.
  void finish();

 private:
  void put(const std::string& bytes);
  void put(const void* bytes, std::uint64_t count);
  void check() const;

  std::string name_;
  std::ofstream file_;
  std::string directory_;
  int entries_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace fluxel::video
