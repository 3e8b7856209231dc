// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "fluxel/image_view.hpp"
#include "kernels/contract/backend.hpp"

// What cases need that call public objects instead of a backend's functions.

namespace fluxel::parity {

/// An operand of a backend as the view that an object takes.
template <class T>
image_view<T> view_of(const kernels::image& im, memory_kind memory) {
  return {.data = static_cast<T*>(im.data),
          .width = im.width,
          .height = im.height,
          .channels = im.channels,
          .pitch = im.pitch,
          .planes = im.planes,
          .plane_stride = im.plane_stride,
          .count = im.count,
          .stride = im.stride,
          .memory = memory};
}

/// Objects that run on the CPU take the scalar formulas while this lives, if `wanted`.
class scalar_formulas {
 public:
  explicit scalar_formulas(bool wanted) : before_(kernels::cpu_target()) {
    if (wanted) kernels::force_cpu_target("scalar");
  }
  ~scalar_formulas() { kernels::force_cpu_target(before_); }
  scalar_formulas(const scalar_formulas&) = delete;
  scalar_formulas& operator=(const scalar_formulas&) = delete;

 private:
  std::string before_;
};

}  // namespace fluxel::parity
