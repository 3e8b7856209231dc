// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs one recipe on the scalar backend and on every target and thread count of the CPU backend, on images with
// padded pitches inside guarded memory.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "kernels/contract/backend.hpp"

namespace fluxel::test {

enum class contents { noise, special, high_ten_bits };

struct image_shape {
  int channels = 1;
  int element_bytes = 1;
  int planes = 1;
  int count = 1;
  contents pixels = contents::noise;
};

/// Images in one allocation: `guard` bytes around it and odd room between rows, all of which nobody may write.
class guarded_images {
 public:
  static constexpr std::ptrdiff_t guard = 64;

  guarded_images(size s, const image_shape& shape) : size_(s), shape_(shape) {
    pitch_ = std::ptrdiff_t{s.width} * shape.channels * shape.element_bytes + 3 * shape.element_bytes;
    plane_ = pitch_ * s.height + 5 * shape.element_bytes;
    bytes_.assign(2 * guard + plane_ * shape.planes * shape.count, std::byte{0xa5});
  }

  kernels::image image() {
    return {.data = bytes_.data() + guard,
            .width = size_.width,
            .height = size_.height,
            .channels = shape_.channels,
            .pitch = pitch_,
            .planes = shape_.planes,
            .plane_stride = plane_,
            .count = shape_.count,
            .stride = plane_ * shape_.planes};
  }
  const std::vector<std::byte>& bytes() const { return bytes_; }

  void fill(bool floats) {
    std::mt19937 random(7);
    for (auto& b : bytes_) b = static_cast<std::byte>(random());
    if (shape_.pixels == contents::high_ten_bits) {
      for_each<std::uint16_t>([&](std::uint16_t& v) { v &= 0xffc0; });
    } else if (floats && shape_.element_bytes == 4) {
      for_each<float>([&](float& v) { v = value(random, 0x1p-20f); });
    } else if (floats) {  // small numbers of both signs as f16 and as bf16; specials in bits that both know
      for_each<std::uint16_t>([&](std::uint16_t& v) {
        v = static_cast<std::uint16_t>((v & 0x83ff) | 0x3800);
        if (shape_.pixels == contents::special && random() % 9 == 0) v = random() % 2 ? 0x8000 : 0x0001;
      });
    }
  }

 private:
  template <class T, class F>
  void for_each(F&& f) {
    for (std::size_t i = 0; i + sizeof(T) <= bytes_.size(); i += sizeof(T)) {
      T v;
      std::memcpy(&v, &bytes_[i], sizeof v);
      f(v);
      std::memcpy(&bytes_[i], &v, sizeof v);
    }
  }
  float value(std::mt19937& random, float unit) const {
    if (shape_.pixels == contents::special) switch (random() % 12) {
        case 0:
          return HUGE_VALF;
        case 1:
          return -0.0f;
        case 2:
          return 1e-41f;
        default:
          break;
      }
    return (static_cast<float>(random() % (1u << 22)) - 0x1p21f) * unit;
  }

  size size_;
  image_shape shape_;
  std::ptrdiff_t pitch_, plane_;
  std::vector<std::byte> bytes_;
};

/// NaNs of any payload become one, so that memcmp compares them by their places.
inline std::vector<std::byte> comparable(const std::vector<std::byte>& bytes, element_type type) {
  auto result = bytes;
  if (type == element_type::f32)
    for (std::size_t i = 0; i + 4 <= result.size(); i += 4) {
      float v;
      std::memcpy(&v, &result[i], 4);
      if (v != v) std::memset(&result[i], 0xff, 4);
    }
  return result;
}

inline void expect_scalar_bytes(const kernels::resize_recipe& recipe, size src_size, size dst_size,
                                const image_shape& shape) {
  const auto* filtered = std::get_if<kernels::filtered_recipe>(&recipe.method);
  const bool floats = filtered != nullptr && filtered->engine == kernels::filter_engine::f32;
  guarded_images src(src_size, shape);
  src.fill(floats);
  auto run = [&](const kernels::backend_table& row, int threads) {
    guarded_images dst(dst_size, shape);
    const kernels::image_pair pair{src.image(), dst.image()};
    const auto prepared = row.resize.prepare(recipe);
    for (int again = 0; again < 2; ++again)  // the second call meets used workspaces
      EXPECT_EQ(prepared->run({&pair, 1}, {.threads = threads}), kernels::status::ok);
    return comparable(dst.bytes(), recipe.type);
  };
  const auto expected = run(kernels::scalar(), 1);
  for (const auto& target : kernels::cpu_targets()) {
    ASSERT_TRUE(kernels::force_cpu_target(target));
    for (int threads : {1, 2, 7}) {
      const auto actual = run(kernels::cpu(), threads);
      ASSERT_EQ(expected.size(), actual.size());
      const bool equal = std::memcmp(expected.data(), actual.data(), expected.size()) == 0;
      EXPECT_TRUE(equal) << target << ", " << threads << " threads, " << src_size.width << "x" << src_size.height
                         << " -> " << dst_size.width << "x" << dst_size.height << " x" << shape.channels << ", taps "
                         << (filtered != nullptr ? filtered->x.taps : 0) << " and "
                         << (filtered != nullptr ? filtered->y.taps : 0);
    }
  }
  kernels::force_cpu_target("");
}

}  // namespace fluxel::test
