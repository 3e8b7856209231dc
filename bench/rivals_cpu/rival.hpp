// SPDX-License-Identifier: Apache-2.0
#pragma once

// Other libraries' resizes beside ours, in the same process: those that the build found.

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "fluxel/types.hpp"

namespace fluxel::bench {

enum class interpolation { linear, nearest, area, cubic, lanczos4 };

/// One image in host memory, rows packed, channels interleaved; or `planes` of them, one after the other.
struct resize_task {
  element_type type = element_type::u8;
  size src, dst;
  int channels = 1, planes = 1;
  const void* from = nullptr;
  void* to = nullptr;
  interpolation filter = interpolation::linear;
  int threads = 1;  // 0: all

  std::size_t element_bytes() const { return type == element_type::u8 ? 1 : 4; }
  std::size_t src_pitch() const { return element_bytes() * channels * src.width; }
  std::size_t dst_pitch() const { return element_bytes() * channels * dst.width; }
};

/// What is timed, and what brings the result to `to` afterwards where a library has buffers of its own.
struct prepared_call {
  std::function<void()> run;
  std::function<void()> finish;
};

struct rival {
  std::string name, version;
  /// An empty `run` when the library has no such resize.
  std::function<prepared_call(const resize_task&)> prepare;
};

/// In the order of their names.
const std::vector<rival>& rivals();

/// Each library's file registers it.
struct registered_rival {
  explicit registered_rival(rival r);
};

/// FLUXEL_CPU, or the machine, holds fluxel to AVX2: then the others may use nothing newer.
bool held_to_avx2();

/// Threads of `threads`, where 0 is all.
int thread_count(int threads);

}  // namespace fluxel::bench
