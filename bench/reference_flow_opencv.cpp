// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/video/tracking.hpp>

#include "bench/reference_flow.hpp"

namespace fluxel::bench {

namespace {

template <class T>
cv::Mat matrix_of(const image_view<T>& view, int type) {
  return {view.height, view.width, type, const_cast<u8*>(reinterpret_cast<const u8*>(view.data))};
}

void use_threads(int threads) { cv::setNumThreads(threads == 0 ? cv::getNumberOfCPUs() : threads); }

}  // namespace

bool has_reference_dis() { return true; }

std::function<void()> reference_dis(image_view<const u8> prev, image_view<const u8> next, image_view<float> flow,
                                    int threads) {
  auto dis = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM);
  return [=, a = matrix_of(prev, CV_8UC1), b = matrix_of(next, CV_8UC1), out = matrix_of(flow, CV_32FC2)]() mutable {
    use_threads(threads);
    dis->calc(a, b, out);
  };
}

std::function<void()> reference_pyr_lk(image_view<const u8> prev, image_view<const u8> next, image_view<float>,
                                       int threads) {
  std::vector<cv::Point2f> points;
  for (int y = 0; y < prev.height; ++y)
    for (int x = 0; x < prev.width; ++x) points.emplace_back(static_cast<float>(x), static_cast<float>(y));
  return [=, a = matrix_of(prev, CV_8UC1), b = matrix_of(next, CV_8UC1), points = std::move(points)] {
    std::vector<cv::Point2f> to;
    std::vector<u8> status;
    use_threads(threads);
    cv::calcOpticalFlowPyrLK(a, b, points, to, status, cv::noArray(), cv::Size(21, 21), 3);
  };
}

}  // namespace fluxel::bench
