// SPDX-License-Identifier: Apache-2.0
#pragma once

// Working memory of fill_unknown.

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "host/flow/memory.hpp"

namespace fluxel::host {

class fill_levels {
 public:
  /// For planes of at most `finest`, of one component or two.
  void layout_planes(plane_layout& layout, size finest, int components);

  /// Levels for planes of a size.
  class cropped_levels {
   public:
    cropped_levels(const std::vector<kernels::fill_level>& from, size s);
    std::span<const kernels::fill_level> levels() const { return {levels_.data(), count_}; }

   private:
    static constexpr std::size_t most = 32;
    std::array<kernels::fill_level, most> levels_;
    std::size_t count_ = 0;
  };
  cropped_levels of(size s) const { return {levels_, s}; }

 private:
  std::vector<kernels::fill_level> levels_;
};

}  // namespace fluxel::host
