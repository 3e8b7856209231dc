// Device calls can be captured in a CUDA graph: capture, free every host argument, replay on new pixels.

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <memory>
#include <vector>

#include "fluxel/fluxel.hpp"
#include "tests/support/random.hpp"

namespace {

using namespace fluxel;
using test::random_image;

#define CUDA_OK(call) ASSERT_EQ(call, cudaSuccess)

/// Device memory for one packed image.
template <class T>
class device_image {
 public:
  device_image(int width, int height, int channels)
      : view_{.width = width, .height = height, .channels = channels, .memory = memory_kind::device} {
    EXPECT_EQ(cudaMalloc(reinterpret_cast<void**>(&view_.data), bytes()), cudaSuccess);
    EXPECT_EQ(cudaMemset(view_.data, 0, bytes()), cudaSuccess);
  }
  ~device_image() { cudaFree(view_.data); }
  device_image(const device_image&) = delete;
  device_image& operator=(const device_image&) = delete;

  image_view<T> view() const { return view_; }
  image_view<const T> source() const { return view_; }
  size shape() const { return {view_.width, view_.height}; }
  void set(const image<T>& pixels) {
    ASSERT_EQ(cudaMemcpy(view_.data, pixels.data(), bytes(), cudaMemcpyHostToDevice), cudaSuccess);
  }
  image<T> get() const {
    image<T> pixels(view_.width, view_.height, view_.channels);
    EXPECT_EQ(cudaMemcpy(pixels.data(), view_.data, bytes(), cudaMemcpyDeviceToHost), cudaSuccess);
    return pixels;
  }

 private:
  std::size_t bytes() const { return std::size_t(view_.width) * view_.height * view_.channels * sizeof(T); }
  image_view<T> view_;
};

class Capture : public testing::Test {
 protected:
  void SetUp() override {
    if (device_count() == 0) GTEST_SKIP() << "NOT RUN: " << no_device_reason();
    warm_up(0);
    CUDA_OK(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking));
  }
  void TearDown() override {
    if (stream_ != nullptr) cudaStreamDestroy(stream_);
  }

  /// Captures `call`, replays it after `renew` has put new pixels there.
  void capture_and_replay(const std::function<void(stream_ref)>& call, const std::function<void()>& renew) {
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t ready = nullptr;
    CUDA_OK(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal));
    call(stream_);
    CUDA_OK(cudaStreamEndCapture(stream_, &graph));
    CUDA_OK(cudaGraphInstantiate(&ready, graph, 0));
    renew();
    for (int again = 0; again < 2; ++again) CUDA_OK(cudaGraphLaunch(ready, stream_));
    CUDA_OK(cudaStreamSynchronize(stream_));
    CUDA_OK(cudaGraphExecDestroy(ready));
    CUDA_OK(cudaGraphDestroy(graph));
  }

  cudaStream_t stream_ = nullptr;
};

TEST_F(Capture, RawPointerCalls) {
  device_image<u8> src(123, 77, 3), linear(60, 91, 3), nearest(60, 91, 3);
  image<u8> pixels;
  capture_and_replay(
      [&](stream_ref stream) {
        resize_bilinear(src.source().data, src.shape(), 0, linear.view().data, linear.shape(), 0, 3, stream);
        resize_nearest(src.source().data, src.shape(), 0, nearest.view().data, nearest.shape(), 0, 3, stream);
      },
      [&] { src.set(pixels = random_image<u8>(123, 77, 3, 1, 1, 5)); });
  image<u8> want(60, 91, 3);
  resize_bilinear(std::as_const(pixels).view(), want.view());
  EXPECT_TRUE(test::equal<u8>(want.view(), std::as_const(linear).get().view()));
  resize_nearest(std::as_const(pixels).view(), want.view());
  EXPECT_TRUE(test::equal<u8>(want.view(), std::as_const(nearest).get().view()));
}

TEST_F(Capture, Resizers) {
  for (const auto& options :
       {resize_options{}, resize_options{.filter = filter::nearest},
        resize_options{.filter = filter::bicubic, .antialias = antialias::yes},
        resize_options{.alpha = alpha::straight}, resize_options{.region = rect{1.5, 2.25, 30, 20}}}) {
    const resize_geometry geometry{{64, 48}, {41, 31}, 4, element_type::u8};
    device_image<u8> src(64, 48, 4), dst(41, 31, 4);
    const resizer r(geometry, options);
    image<u8> pixels;
    capture_and_replay([&](stream_ref stream) { r(src.source(), dst.view(), stream); },
                       [&] { src.set(pixels = random_image<u8>(64, 48, 4, 1, 1, 6)); });
    image<u8> want(41, 31, 4);
    resize(std::as_const(pixels).view(), want.view(), options);
    EXPECT_TRUE(test::equal<u8>(want.view(), std::as_const(dst).get().view())) << int(options.filter);
  }
}

TEST_F(Capture, RaggedBatches) {
  constexpr int many = 150;
  std::vector<std::unique_ptr<device_image<u8>>> src, dst;
  std::vector<resize_geometry> geometries;
  auto pairs = std::make_unique<std::vector<resize_pair<u8>>>();
  for (int i = 0; i < many; ++i) {
    src.push_back(std::make_unique<device_image<u8>>(20 + i % 9, 17 + i % 5, 3));
    dst.push_back(std::make_unique<device_image<u8>>(11 + i % 7, 30 - i % 4, 3));
    pairs->push_back({src.back()->source(), dst.back()->view()});
    geometries.push_back({src.back()->shape(), dst.back()->shape(), 3, element_type::u8});
  }
  for (const auto& options : {resize_options{}, resize_options{.filter = filter::area}}) {
    resizer r(options);
    r.prepare(geometries);
    std::vector<image<u8>> pixels;
    capture_and_replay(
        [&](stream_ref stream) {
          auto once = std::make_unique<std::vector<resize_pair<u8>>>(*pairs);
          r(std::span<const resize_pair<u8>>(*once), stream);
          for (auto& p : *once) p = {};  // nothing may still read the caller's list
        },
        [&] {
          for (int i = 0; i < many; ++i) {
            pixels.push_back(random_image<u8>(src[i]->shape().width, src[i]->shape().height, 3, 1, 1, 40 + i));
            src[i]->set(pixels.back());
          }
        });
    for (int i = 0; i < many; ++i) {
      image<u8> want(dst[i]->shape().width, dst[i]->shape().height, 3);
      resize(std::as_const(pixels[i]).view(), want.view(), options);
      ASSERT_TRUE(test::equal<u8>(want.view(), std::as_const(*dst[i]).get().view())) << i;
    }
  }
}

TEST_F(Capture, Frames) {
  auto format = formats::nv12({64, 48});
  auto to = formats::nv12({40, 30});
  device_image<u8> src(64, 72, 1), dst(40, 45, 1);
  const resizer r(format, {40, 30});
  image<u8> pixels;
  capture_and_replay(
      [&](stream_ref stream) {
        r(surface_view<const void>(format, src.source().data, 64, 48, memory_kind::device),
          surface_view<void>(to, dst.view().data, 40, 30, memory_kind::device), stream);
      },
      [&] { src.set(pixels = random_image<u8>(64, 72, 1, 1, 1, 7)); });
  image<u8> want(40, 45);
  r(surface_view<const void>(format, pixels.data(), 64, 48, memory_kind::host),
    surface_view<void>(to, want.data(), 40, 30, memory_kind::host));
  EXPECT_TRUE(test::equal<u8>(want.view(), std::as_const(dst).get().view()));
}

/// A list in device memory as `device_image` holds it.
template <class T, class Image>
std::span<T> list_of(const Image& im) {
  return {reinterpret_cast<T*>(im.view().data), std::size_t(im.view().width)};
}

TEST_F(Capture, CornersAndTrackedPoints) {
  constexpr int most = 50;
  const flow_geometry geometry{90, 70, 1, element_type::u8};
  const feature_options corners{.max_count = most};
  const track_options tracking{.window = 15, .forward_backward = 1};
  device_image<u8> first(90, 70, 1), second(90, 70, 1), status(most, 1, 1);
  device_image<float> from(most, 1, 2), to(most, 1, 2), count(1, 1, 1);
  feature_detector detector(geometry, corners, run_on::cuda);
  point_tracker tracker(geometry, most, tracking, run_on::cuda);
  auto* const counted = reinterpret_cast<int*>(count.view().data);
  image<u8> a, b(90, 70);
  capture_and_replay(
      [&](stream_ref stream) {
        detector.detect<u8>(first.source(), {}, {.points = list_of<point>(from), .count = counted}, stream);
        tracker.track<u8>(first.source(), second.source(),
                          {.from = list_of<const point>(from),
                           .to = list_of<point>(to),
                           .status = list_of<track_status>(status),
                           .count = counted},
                          stream);
      },
      [&] {
        first.set(a = random_image<u8>(90, 70, 1, 1, 1, 8));
        for (int y = 0; y < 70; ++y)
          for (int x = 0; x < 90; ++x) b(x, y) = a(x > 0 ? x - 1 : 0, y);
        second.set(b);
      });
  std::vector<point> points(most), moved(most);
  std::vector<track_status> found(most);
  int n = 0;
  feature_detector(geometry, corners, run_on::cpu)
      .detect<u8>(std::as_const(a).view(), {}, {.points = points, .count = &n});
  point_tracker(geometry, most, tracking, run_on::cpu)
      .track<u8>(std::as_const(a).view(), std::as_const(b).view(),
                 {.from = points, .to = moved, .status = found, .count = &n});
  EXPECT_EQ(std::memcmp(from.get().data(), points.data(), most * sizeof(point)), 0);
  EXPECT_EQ(std::memcmp(to.get().data(), moved.data(), most * sizeof(point)), 0);
  EXPECT_EQ(std::memcmp(status.get().data(), found.data(), most), 0);
}

}  // namespace
