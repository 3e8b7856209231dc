// SPDX-License-Identifier: Apache-2.0
// Relaxation and medians on the CUDA backend of a library whose device memory is the host's (emulation, replay),
// against the scalar backend, at sizes around the kernels' tiles.

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "kernels/contract/backend.hpp"

namespace {

using namespace fluxel;
using kernels::plane;

/// Planes whose rows start at multiples of 64 bytes, as those of flow objects, with a guard on either side.
class planes {
 public:
  planes(size s, int count) : size_(s), count_(count) {}

  template <class T>
  plane<T> make() {
    const int row = std::is_same_v<T, float> ? kernels::flow_row_elements(size_.width) : size_.width;
    constexpr int unit = 64 / sizeof(T);
    const std::ptrdiff_t pitch = (row + unit - 1) / unit * unit, stride = pitch * size_.height;
    const std::size_t bytes = (stride * count_ + 2 * unit) * sizeof(T);
    blocks_.push_back(std::unique_ptr<std::byte, decltype(&std::free)>(
        static_cast<std::byte*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64)), std::free));
    std::memset(blocks_.back().get(), 0xff, bytes);  // floats: NaN
    return {reinterpret_cast<T*>(blocks_.back().get()) + unit, size_.width, size_.height, pitch, count_, stride};
  }
  template <class T, class Value>
  plane<T> filled(const Value& value) {
    const plane<T> p = make<T>();
    for (int n = 0; n < count_; ++n)
      for (int y = 0; y < size_.height; ++y)
        for (int x = 0; x < size_.width; ++x) p.data[n * p.stride + y * p.pitch + x] = static_cast<T>(value(x, y));
    return p;
  }

 private:
  size size_;
  int count_;
  std::vector<std::unique_ptr<std::byte, decltype(&std::free)>> blocks_;
};

template <class T>
bool equal(const plane<T>& a, const plane<T>& b) {
  // With the padding: nobody may write there.
  return std::memcmp(a.data, b.data, a.stride * a.count * sizeof(T)) == 0;
}

class CudaFlowSteps : public testing::Test {
 protected:
  void SetUp() override {
    if (kernels::cuda_devices().devices.empty()) GTEST_SKIP() << "NOT RUN: " << kernels::cuda_devices().reason;
  }
};

void expect_equal_relaxation(size s, int count, int half_sweeps) {
  std::mt19937 random(s.width * 1000 + s.height + half_sweeps);
  planes memory(s, count);
  auto real = [&](float low, float high) {
    return [&random, low, high](int, int) { return low + (high - low) * static_cast<float>(random() % 4096) / 4096; };
  };
  auto weight = [&](int x, int last) { return x == last ? 0.0f : static_cast<float>(random() % 64) / 64; };
  const kernels::flow_system system{memory.filled<float>(real(0, 0.2f)),
                                    memory.filled<float>(real(-0.05f, 0.05f)),
                                    memory.filled<float>(real(0, 0.2f)),
                                    memory.filled<float>(real(-40, 40)),
                                    memory.filled<float>(real(-40, 40)),
                                    memory.filled<float>([&](int x, int) { return weight(x, s.width - 1); }),
                                    memory.filled<float>([&](int, int y) { return weight(y, s.height - 1); })};
  auto vectors = [&](int, int) { return static_cast<int>(random() % 4001) - 2000; };
  const kernels::flow_planes flow{memory.filled<std::int16_t>(vectors), memory.filled<std::int16_t>(vectors)};
  std::vector<float> omega;
  for (int k = 0; k < half_sweeps; ++k) omega.push_back(1 + static_cast<float>(k % 7) / 16);
  auto run = [&](const kernels::backend_table& table) {
    const plane<float> scratch[4] = {memory.make<float>(), memory.make<float>(), memory.make<float>(),
                                     memory.make<float>()};
    const kernels::flow_planes out{memory.make<std::int16_t>(), memory.make<std::int16_t>()};
    EXPECT_EQ(
        table.flow.relax(system, {omega, 300}, std::span<const plane<float>, 4>(scratch), flow, out, {.threads = 1}),
        kernels::status::ok);
    return out;
  };
  const auto expected = run(kernels::scalar()), actual = run(*kernels::cuda());
  EXPECT_TRUE(equal(expected.u, actual.u) && equal(expected.v, actual.v))
      << s.width << "x" << s.height << " x" << count << ", half sweeps " << half_sweeps;
}

TEST_F(CudaFlowSteps, RelaxationEqualsTheScalarBackendAroundTileSizes) {
  for (auto s : {size{1, 1}, size{2, 1}, size{65, 3}, size{63, 47}, size{64, 64}, size{129, 65}, size{64, 80}})
    for (int half_sweeps : {0, 1, 2, 12, 13}) expect_equal_relaxation(s, 1, half_sweeps);
}

TEST_F(CudaFlowSteps, RelaxationEqualsTheScalarBackendForManyTilesPassesAndImages) {
  // On the emulated device, of 4 multiprocessors, these take every shape of tiles, staged or not.
  for (int half_sweeps : {2, 7, 12, 20, 65}) expect_equal_relaxation({203, 151}, 1, half_sweeps);
  expect_equal_relaxation({104, 112}, 1, 12);
  expect_equal_relaxation({104, 112}, 1, 20);
  expect_equal_relaxation({104, 104}, 1, 12);
  expect_equal_relaxation({130, 90}, 3, 7);
  expect_equal_relaxation({130, 90}, 3, 20);
  expect_equal_relaxation({70, 20}, 2, 65);
}

/// `unpaired`: rows of u start at odd addresses of 16-bit integers, and those of v lie otherwise.
void expect_equal_medians(size s, int count, int radius, bool unpaired) {
  std::mt19937 random(s.width * 1000 + s.height + radius);
  planes memory_u({s.width + 1, s.height}, count), memory_v({s.width + 64 * unpaired, s.height}, count);
  auto cropped = [&](plane<std::int16_t> u, plane<std::int16_t> v) {
    u.width = v.width = s.width;
    u.data += unpaired;
    return kernels::flow_planes{u, v};
  };
  auto vectors = [&](int, int) { return static_cast<int>(random() % 65536) - 32768; };
  const auto flow = cropped(memory_u.filled<std::int16_t>(vectors), memory_v.filled<std::int16_t>(vectors));
  auto make = [&] { return cropped(memory_u.make<std::int16_t>(), memory_v.make<std::int16_t>()); };
  const auto& device = kernels::cuda()->flow;
  const auto once = make(), twice = make(), between = make(), out_once = make(), out_twice = make();
  const kernels::launch_options launch{.threads = 1};
  kernels::scalar().flow.median(flow, once, radius, launch);
  kernels::scalar().flow.median(once, twice, radius, launch);
  EXPECT_EQ(device.median(flow, out_once, radius, launch), kernels::status::ok);
  EXPECT_EQ(device.median_twice(flow, between, out_twice, radius, launch), kernels::status::ok);
  EXPECT_TRUE(equal(once.u, out_once.u) && equal(once.v, out_once.v))
      << s.width << "x" << s.height << " x" << count << ", radius " << radius;
  EXPECT_TRUE(equal(twice.u, out_twice.u) && equal(twice.v, out_twice.v))
      << "twice: " << s.width << "x" << s.height << " x" << count << ", radius " << radius;
}

TEST_F(CudaFlowSteps, MediansEqualTheScalarBackendAroundTileSizes) {
  for (auto s : {size{1, 1}, size{2, 3}, size{5, 1}, size{3, 40}, size{26, 10}, size{27, 11}, size{58, 16},
                 size{59, 17}, size{64, 22}, size{131, 37}, size{190, 61}})
    for (int radius : {1, 2, 3})
      for (bool unpaired : {false, true}) expect_equal_medians(s, 1, radius, unpaired);
}

TEST_F(CudaFlowSteps, MediansEqualTheScalarBackendInEveryLaunchForm) {
  expect_equal_medians({150, 120}, 1, 3, false);
  expect_equal_medians({61, 47}, 3, 3, false);
  expect_equal_medians({520, 400}, 1, 3, false);
}

}  // namespace
