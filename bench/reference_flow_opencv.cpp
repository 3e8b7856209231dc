#include <opencv2/core.hpp>
#include <opencv2/video/tracking.hpp>

#include "bench/reference_flow.hpp"

namespace fluxel::bench {

bool has_reference_dis() { return true; }

std::function<void()> reference_dis(image_view<const u8> prev, image_view<const u8> next, image_view<float> flow,
                                    int threads) {
  auto of = [](const auto& view, int type) {
    return cv::Mat(view.height, view.width, type, const_cast<u8*>(reinterpret_cast<const u8*>(view.data)));
  };
  auto dis = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM);
  return [=, a = of(prev, CV_8UC1), b = of(next, CV_8UC1), out = of(flow, CV_32FC2)]() mutable {
    cv::setNumThreads(threads == 0 ? cv::getNumberOfCPUs() : threads);
    dis->calc(a, b, out);
  };
}

}  // namespace fluxel::bench
