// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fluxel::parity {

/// SplitMix64 (Steele, Lea and Flood, 2014). The distributions of <random> differ between standard libraries; a case
/// must be the same case everywhere; therefore no expression draws twice either, since the order is unspecified.
class random {
 public:
  explicit random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  /// In [0, n).
  int below(int n) { return static_cast<int>((next() >> 32) * static_cast<std::uint64_t>(n) >> 32); }
  /// In [low, high].
  int between(int low, int high) { return low + below(high - low + 1); }
  bool one_in(int n) { return below(n) == 0; }
  /// In [0, 1), a multiple of 1/1024, so that no rounding of the host enters a case.
  double unit() { return below(1024) * 0x1p-10; }

  template <class T, std::size_t N>
  T pick(const T (&list)[N]) {
    return list[below(static_cast<int>(N))];
  }

 private:
  std::uint64_t state_;
};

/// FNV-1a, 64 bits: names cases and hashes outputs; nobody attacks it.
inline constexpr std::uint64_t hash_start = 0xcbf29ce484222325u;
inline std::uint64_t hash_bytes(const void* data, std::size_t bytes, std::uint64_t hash = hash_start) {
  const auto* p = static_cast<const unsigned char*>(data);
  for (std::size_t i = 0; i < bytes; ++i) hash = (hash ^ p[i]) * 0x100000001b3u;
  return hash;
}
inline std::uint64_t hash_bytes(std::string_view text) { return hash_bytes(text.data(), text.size()); }

}  // namespace fluxel::parity
