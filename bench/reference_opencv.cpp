// SPDX-License-Identifier: Apache-2.0
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "bench/reference.hpp"

namespace fluxel::bench {

const char* reference_version() { return CV_VERSION; }

namespace {

template <class T>
cv::Mat plane_of(image_view<T> view, int n, int p) {
  using byte = std::byte;
  auto* data = reinterpret_cast<byte*>(const_cast<std::remove_const_t<T>*>(view.data));
  const int depth = sizeof(T) == 1 ? CV_8U : CV_32F;
  return cv::Mat(view.height, view.width, CV_MAKETYPE(depth, view.channels),
                 data + n * view.stride + p * view.plane_stride, static_cast<std::size_t>(view.pitch));
}

int flag_of(interpolation launch) {
  switch (launch) {
    case interpolation::nearest:
      return cv::INTER_NEAREST_EXACT;
    case interpolation::area:
      return cv::INTER_AREA;
    case interpolation::cubic:
      return cv::INTER_CUBIC;
    case interpolation::lanczos4:
      return cv::INTER_LANCZOS4;
    default:
      return cv::INTER_LINEAR;
  }
}

}  // namespace

template <class T>
std::function<void()> reference_resize(image_view<const T> src, image_view<T> dst, int threads,
                                       interpolation launch) {
  std::vector<std::pair<cv::Mat, cv::Mat>> planes;
  for (int n = 0; n < src.count; ++n)
    for (int p = 0; p < src.planes; ++p)
      planes.emplace_back(plane_of(src.unpacked(), n, p), plane_of(dst.unpacked(), n, p));
  return [planes, threads, flag = flag_of(launch)]() mutable {
    cv::setNumThreads(threads == 0 ? cv::getNumberOfCPUs() : threads);
    for (auto& [from, to] : planes) cv::resize(from, to, to.size(), 0, 0, flag);
  };
}
template std::function<void()> reference_resize(image_view<const u8>, image_view<u8>, int, interpolation);
template std::function<void()> reference_resize(image_view<const f32>, image_view<f32>, int, interpolation);

}  // namespace fluxel::bench
