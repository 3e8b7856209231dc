// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fluxel/image_view.hpp"

namespace fluxel::host {

/// Connected parts of a mask, numbered from 1 in the order of their first pixels, row by row. Keeps its memory.
class region_labels {
 public:
  enum class neighbours : int { four, eight };

  /// @param value  of the pixels whose parts are found.
  void find(const image_view<const u8>& mask, u8 value, neighbours n);

  int count() const { return count_; }
  /// 0: the pixel has another value.
  std::int32_t at(int x, int y) const { return labels_[std::size_t(y) * width_ + x]; }
  std::int32_t operator[](std::size_t i) const { return labels_[i]; }
  std::size_t bytes() const { return (labels_.capacity() + parents_.capacity()) * sizeof(std::int32_t); }

 private:
  std::int32_t root(std::int32_t label);
  std::int32_t joined(std::int32_t a, std::int32_t b);
  void number();

  int width_ = 0, count_ = 0;
  std::vector<std::int32_t> labels_, parents_;
};

}  // namespace fluxel::host
