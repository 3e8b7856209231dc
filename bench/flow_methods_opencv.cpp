// SPDX-License-Identifier: Apache-2.0
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "bench/flow_methods.hpp"

namespace {

using fluxel::video::flow_field;
using fluxel::video::plain_picture;

/// 8-bit grey, which all of these methods take.
cv::Mat grey(const plain_picture& p) {
  const int depth = p.type == fluxel::element_type::u8    ? CV_8U
                    : p.type == fluxel::element_type::f32 ? CV_32F
                                                          : CV_16U;
  cv::Mat all(p.height, p.width, CV_MAKETYPE(depth, p.channels), const_cast<std::byte*>(p.pixels.data()));
  cv::Mat bytes, out;
  const double white = depth == CV_32F ? 1.0 : (1 << p.bit_depth) - 1.0;
  all.convertTo(bytes, CV_8U, 255 / white);
  if (p.channels == 1) return bytes;
  cv::cvtColor(bytes, out, cv::COLOR_RGB2GRAY);
  return out;
}

using algorithm = std::function<void(const cv::Mat&, const cv::Mat&, cv::Mat&)>;

flow_method method(const std::string& name, const std::function<algorithm()>& build) {
  return {"OpenCV " + name, [build](const flow_pair& p) -> flow_run {
            return [a = grey(p.first), b = grey(p.second), compute = build()](flow_field& flow) {
              cv::Mat out(flow.height, flow.width, CV_32FC2, flow.uv.data());
              compute(a, b, out);
            };
          }};
}

algorithm dis(int preset) {
  return [solver = cv::DISOpticalFlow::create(preset)](const cv::Mat& a, const cv::Mat& b, cv::Mat& flow) {
    solver->calc(a, b, flow);
  };
}

algorithm farneback() {
  return [](const cv::Mat& a, const cv::Mat& b, cv::Mat& flow) {
    cv::calcOpticalFlowFarneback(a, b, flow, 0.5, 5, 13, 10, 5, 1.1, 0);
  };
}

/// The sparse method on every pixel, with its default window.
algorithm dense_pyr_lk() {
  return [](const cv::Mat& a, const cv::Mat& b, cv::Mat& flow) {
    std::vector<cv::Point2f> from, to;
    for (int y = 0; y < a.rows; ++y)
      for (int x = 0; x < a.cols; ++x) from.emplace_back(float(x), float(y));
    std::vector<unsigned char> status;
    cv::calcOpticalFlowPyrLK(a, b, from, to, status, cv::noArray());
    auto* out = flow.ptr<cv::Point2f>();
    for (std::size_t i = 0; i < from.size(); ++i) out[i] = to[i] - from[i];
  };
}

}  // namespace

std::vector<flow_method> opencv_methods(int threads) {
  if (threads > 0) cv::setNumThreads(threads);
  return {method("DIS fast", [] { return dis(cv::DISOpticalFlow::PRESET_FAST); }),
          method("DIS medium", [] { return dis(cv::DISOpticalFlow::PRESET_MEDIUM); }), method("Farneback", farneback),
          method("PyrLK on every pixel", dense_pyr_lk)};
}
