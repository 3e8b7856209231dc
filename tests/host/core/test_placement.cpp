// SPDX-License-Identifier: Apache-2.0
// Where objects run and where their memory comes from. On the emulator every test also runs on CUDA.
// CTest: also on the emulator, compiled for it

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "fluxel/fluxel.hpp"
#include "tests/support/random.hpp"
#include "tests/support/rejection.hpp"

#ifdef FLUXEL_TEST_CUDA
#include <cuda_runtime_api.h>
#endif

namespace fluxel::test {
namespace {

/// Counts what it hands out.
struct counting_memory {
  std::size_t held = 0, calls = 0, given_back = 0;
  CUstream_st* last_stream = nullptr;
  void* (*source)(std::size_t) = [](std::size_t bytes) { return std::aligned_alloc(256, (bytes + 255) / 256 * 256); };
  void (*sink)(void*) = [](void* p) { std::free(p); };

  memory_resource resource() {
    return {[](void* me, std::size_t bytes, std::size_t alignment, CUstream_st* stream) {
              auto& m = *static_cast<counting_memory*>(me);
              EXPECT_LE(alignment, 256u);
              m.held += bytes;
              ++m.calls;
              m.last_stream = stream;
              return m.source(bytes);
            },
            [](void* me, void* p, std::size_t bytes, std::size_t, CUstream_st*) {
              auto& m = *static_cast<counting_memory*>(me);
              m.held -= bytes;
              ++m.given_back;
              m.sink(p);
            },
            this};
  }
};

TEST(Placement, HostMemoryComesFromTheCallersResource) {
  counting_memory memory;
  {
    const auto src = random_image<u8>(64, 48, 4);
    image<u8> dst(32, 24, 4), want(32, 24, 4);
    const resizer r({{64, 48}, {32, 24}, 4}, {.alpha = alpha::straight},
                    {.processor = run_on::cpu, .host_memory = memory.resource()});
    EXPECT_GT(memory.held, 0u);
    EXPECT_EQ(r.workspace_size(), memory.held);
    const auto calls = memory.calls;
    r.run(src, dst);
    r.run(src, dst);
    EXPECT_EQ(memory.calls, calls);
    resize(src, want, {.alpha = alpha::straight});
    EXPECT_EQ(std::memcmp(dst.data(), want.data(), dst.size()), 0);

    const std::vector<float> weights{1, 2, 3, 4};
    const transposed_convolution c({4, 4}, conv_weights<f32>{weights.data(), 1, 1, 2, 2}, {}, {},
                                   {.host_memory = memory.resource()});
    EXPECT_EQ(r.workspace_size() + c.workspace_size(), memory.held);
  }
  EXPECT_EQ(memory.held, 0u);
  EXPECT_EQ(memory.calls, memory.given_back);
}

TEST(Placement, ByMemoryMakesStateForTheMemoryThatComes) {
  counting_memory memory;
  resizer r({{64, 48}, {32, 24}, 4}, {.alpha = alpha::straight}, {.host_memory = memory.resource()});
  EXPECT_EQ(r.workspace_size(), 0u);
  r.prepare(memory_kind::pinned);
  EXPECT_GT(r.workspace_size(), 0u);
  const auto calls = memory.calls;
  const auto src = random_image<u8>(64, 48, 4);
  image<u8> dst(32, 24, 4);
  r.run(src, dst);
  EXPECT_EQ(memory.calls, calls);
}

TEST(Placement, AMovedObjectKeepsItsMemory) {
  counting_memory memory;
  {
    resizer a({{64, 48}, {32, 24}, 4}, {.alpha = alpha::straight}, {run_on::cpu, -1, 1, {}, memory.resource()});
    const resizer b = std::move(a);
    EXPECT_EQ(b.workspace_size(), memory.held);
  }
  EXPECT_EQ(memory.held, 0u);
}

TEST(Placement, TheCpuTakesOnlyTheDefaultStream) {
  const auto src = random_image<u8>(8, 8, 1);
  image<u8> dst(4, 4);
  auto* stream = reinterpret_cast<CUstream_st*>(&dst);
  EXPECT_EQ(rejection([&] { resize_bilinear(src, dst, {}, {run_on::cpu}, stream); }),
            "resize_bilinear: stream: must be the default one for a call that runs on the CPU");
  EXPECT_EQ(rejection([&] {
              resizer({{8, 8}, {4, 4}}).run(src, dst, stream);
            }),
            "resizer: stream: must be the default one for a call that runs on the CPU");
}

#ifdef FLUXEL_TEST_CUDA

class OnCuda : public testing::Test {
 protected:
  void SetUp() override {
    if (device_count() == 0) GTEST_SKIP() << "NOT RUN: " << no_device_reason();
    ASSERT_EQ(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), cudaSuccess);
    memory_.source = [](std::size_t bytes) {
      void* p = nullptr;
      return cudaMalloc(&p, bytes) == cudaSuccess ? p : nullptr;
    };
    memory_.sink = [](void* p) { cudaFree(p); };
  }
  void TearDown() override {
    if (stream_ != nullptr) cudaStreamDestroy(stream_);
  }
  template <class T>
  static void expect_same(const image<T>& got, const image<T>& want) {
    EXPECT_EQ(std::memcmp(got.data(), want.data(), want.size() * sizeof(T)), 0);
  }

  cudaStream_t stream_ = nullptr;
  counting_memory memory_;
};

TEST_F(OnCuda, HostViewsGoThroughTheCallersStreamAndAreFinishedOnReturn) {
  const auto src = random_image<f32>(64, 48, 3);
  const std::vector<float> weights{1, 2, 3, 4};
  image<f32> want(32, 24, 3), got(32, 24, 3);
  const placement cuda{run_on::cuda};

  resize(src, want, {.filter = filter::area});
  resizer({{64, 48}, {32, 24}, 3, element_type::f32}, {.filter = filter::area}, cuda).run(src, got, stream_);
  expect_same(got, want);

  resize_bilinear(src, want);
  got = image<f32>(32, 24, 3);
  resize_bilinear(src, got, {}, cuda, stream_);
  expect_same(got, want);
  got = image<f32>(32, 24, 3);
  resize(src, got, {}, {run_on::automatic}, stream_);
  expect_same(got, want);
  resize_nearest(src, want);
  resize_nearest(src, got, {}, cuda, stream_);
  expect_same(got, want);

  image<f32> up(128, 96, 3), up_want(128, 96, 3);
  upsample_conv_transpose(src, up_want, 2, edge::zero);
  upsample_conv_transpose(src, up, 2, edge::zero, cuda, stream_);
  expect_same(up, up_want);

  const auto grey = random_image<f32>(9, 7, 1);
  image<f32> conv(10, 8), conv_want(10, 8);
  const conv_weights<f32> kernel{weights.data(), 1, 1, 2, 2};
  const std::vector<float> bias{0.5f};
  conv_transpose(grey, kernel, bias, conv_want);
  conv_transpose(grey, kernel, bias, conv, {}, cuda, stream_);
  expect_same(conv, conv_want);
  conv = image<f32>(10, 8);
  transposed_convolution({9, 7}, kernel, bias, {}, cuda).run(grey, conv, stream_);
  expect_same(conv, conv_want);

  image<f32> back(64, 48, 3), back_want(64, 48, 3);
  resize_bilinear_adjoint(want, back_want);
  resize_bilinear_adjoint(want, back, {}, cuda, stream_);
  expect_same(back, back_want);

  const auto format = formats::nv12({32, 16}), to = formats::nv12({16, 8});
  const auto surface = random_image<u8>(32, 24, 1);
  image<u8> frame(16, 12), frame_want(16, 12);
  const auto from = surface_view<const void>(format, surface.data(), 32, 16, memory_kind::host);
  resize_frame(from, surface_view<void>(to, frame_want.data(), 16, 8, memory_kind::host));
  resize_frame(from, surface_view<void>(to, frame.data(), 16, 8, memory_kind::host), {}, cuda, stream_);
  expect_same(frame, frame_want);
}

TEST_F(OnCuda, DeviceMemoryComesFromTheCallersResource) {
  const placement where{run_on::cuda, -1, 0, memory_.resource()};
  {
    const resizer r({{64, 48}, {32, 24}, 4}, {.alpha = alpha::straight}, where);
    EXPECT_GT(memory_.held, 0u);
    EXPECT_EQ(r.workspace_size(), memory_.held);
    const auto calls = memory_.calls;
    const auto src = random_image<u8>(64, 48, 4);
    image<u8> dst(32, 24, 4), want(32, 24, 4);
    r.run(src, dst, stream_);
    EXPECT_EQ(memory_.calls, calls);
    resize(src, want, {.alpha = alpha::straight});
    expect_same(dst, want);
  }
  EXPECT_EQ(memory_.held, 0u);
  const auto src = random_image<u8>(64, 48, 4);
  image<u8> dst(32, 24, 4);
  resize_bilinear(src, dst, {}, where, stream_);
  EXPECT_EQ(memory_.last_stream, stream_);
  EXPECT_EQ(memory_.held, 0u);
}

TEST_F(OnCuda, FilterTablesComeFromTheCallersResource) {
  const placement where{run_on::cuda, -1, 0, memory_.resource()};
  {
    const resizer area({{64, 48}, {32, 24}}, {.filter = filter::area}, where);
    const auto with_short_tables = area.workspace_size();
    const resizer lanczos({{64, 48}, {32, 24}}, {.filter = filter::lanczos3}, where);
    EXPECT_GT(lanczos.workspace_size(), with_short_tables);  // the staged images are equal
    EXPECT_EQ(area.workspace_size() + lanczos.workspace_size(), memory_.held);
  }
  EXPECT_EQ(memory_.held, 0u);
}

TEST_F(OnCuda, ObjectsTakeTheirMemoryWhenTheyAreBuilt) {
  const placement where{run_on::cuda, -1, 0, memory_.resource()};
  const auto prev = random_image<u8>(70, 50, 3), next = random_image<u8>(70, 50, 3);
  image<u8> mask(70, 50, 1), validity(70, 50, 1);
  std::memset(mask.data(), 1, mask.size());
  const image<f32> initial(70, 50, 2);
  image<f32> flow(70, 50, 2), confidence(70, 50, 1);
  auto expect_no_more = [&](const char* what, auto&& call) {
    const auto calls = memory_.calls;
    call();
    EXPECT_EQ(memory_.calls, calls) << what;
  };
  horn_schunck hs({.width = 70, .height = 50, .channels = 3}, {}, where);
  expect_no_more("horn_schunck", [&] {
    hs.run({prev, next, mask, mask, initial}, {flow, validity, confidence});
    hs.advance(flow_frame{prev, mask}, {flow, validity, confidence});
  });
  lucas_kanade lk({.width = 70, .height = 50, .channels = 3}, {}, where);
  expect_no_more("lucas_kanade", [&] { lk.run({prev, next, mask, mask, initial}, {flow, validity, confidence}); });

  std::vector<point> from(40, point{20, 20}), to(40);
  std::vector<track_status> status(40);
  std::vector<float> error(40), eigenvalue(40);
  int count = 30;
  point_tracker tracker({.width = 70, .height = 50, .channels = 3}, 40, {}, where);
  expect_no_more("point_tracker", [&] {
    tracker.run(prev, next, {from, to, status, error, eigenvalue, from, &count});
  });

  feature_detector detector({.width = 70, .height = 50, .channels = 3}, {.max_count = 40}, where);
  expect_no_more("feature_detector", [&] { detector.run(prev, mask, {to, error, &count}); });

  image_comparison comparison({70, 50, 3}, {}, where);
  std::vector<comparison_sums> sums(3);
  expect_no_more("image_comparison", [&] { comparison.run(prev, next, sums); });

  flow_steps::image_pyramid pyramid({.width = 70, .height = 50, .channels = 3}, {}, where);
  expect_no_more("image_pyramid", [&] { pyramid.run(prev, mask); });
}

TEST_F(OnCuda, ADeviceThatIsNotThereIsNamed) {
  const std::string message = rejection([] { resizer({{4, 4}, {2, 2}}, {}, {.device = 99}); }, errc::no_device);
  EXPECT_EQ(message.find("resizer: placement.device: there is no device 99"), 0u) << message;
}

#endif

}  // namespace
}  // namespace fluxel::test
