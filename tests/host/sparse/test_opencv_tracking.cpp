// SPDX-License-Identifier: Apache-2.0
// OpenCV as a second witness of tracked points and corners.
// CTest: a rule of its own

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "fluxel/good_features.hpp"
#include "fluxel/track_points.hpp"

namespace {

using namespace fluxel;

image_view<const u8> view(const cv::Mat& m) { return {.data = m.data, .width = m.cols, .height = m.rows}; }

/// Blurred noise with sharp-edged discs on it, turned and zoomed a little for the second frame.
struct scene {
  cv::Mat first{cv::Size{320, 240}, CV_8U}, second;
  scene() {
    cv::RNG random(7);
    random.fill(first, cv::RNG::UNIFORM, 0, 256);
    cv::GaussianBlur(first, first, {}, 2);
    cv::normalize(first, first, 20, 235, cv::NORM_MINMAX);
    for (int i = 0; i < 25; ++i)
      cv::circle(first, {random.uniform(0, 320), random.uniform(0, 240)}, random.uniform(4, 14),
                 random.uniform(0, 256), -1, cv::LINE_AA);
    cv::Mat motion = cv::getRotationMatrix2D({160, 120}, 1.5, 1.01);
    motion.at<double>(0, 2) += 3.4;
    motion.at<double>(1, 2) -= 2.2;
    cv::warpAffine(first, second, motion, first.size(), cv::INTER_CUBIC, cv::BORDER_REFLECT);
  }
};

std::vector<point> corners(const cv::Mat& frame, const feature_options& options) {
  std::vector<point> points(options.max_count);
  int count = 0;
  feature_detector({frame.cols, frame.rows, 1, element_type::u8}, options)
      .run(view(frame), {}, {.points = points, .count = &count});
  points.resize(count);
  return points;
}

TEST(OpenCV, TrackedPointsAgreeWithPyrLK) {
  const scene s;
  const auto from = corners(s.first, {.max_count = 400});
  ASSERT_GT(from.size(), 200u);
  std::vector<cv::Point2f> points, theirs;
  for (auto p : from) points.emplace_back(p.x, p.y);
  for (int window : {15, 21}) {
    std::vector<u8> found;
    cv::calcOpticalFlowPyrLK(s.first, s.second, points, theirs, found, cv::noArray(), {window, window}, 3);
    std::vector<point> to(from.size());
    std::vector<track_status> status(from.size());
    point_tracker tracker({320, 240, 1, element_type::u8}, 400, {.window = window});
    tracker.run(view(s.first), view(s.second), {.from = from, .to = to, .status = status});
    int both = 0, near = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (status[i] != track_status::tracked || found[i] == 0) continue;
      ++both;
      near += std::hypot(to[i].x - theirs[i].x, to[i].y - theirs[i].y) <= 0.1;
    }
    EXPECT_GE(both, 0.9 * static_cast<double>(from.size()));
    EXPECT_GE(near, 0.95 * both) << "window " << window << ": " << near << " of " << both;
  }
}

TEST(OpenCV, CornersAreThoseOfGoodFeaturesToTrack) {
  const scene s;
  const auto ours = corners(s.first, {.quality = 0.05, .min_distance = 10, .max_count = 100});
  std::vector<cv::Point2f> theirs;
  cv::goodFeaturesToTrack(s.first, theirs, 200, 0.02, 3);  // other derivatives: places differ by a pixel or two
  int shared = 0;
  for (auto p : ours)
    shared +=
        std::any_of(theirs.begin(), theirs.end(), [&](auto q) { return std::hypot(p.x - q.x, p.y - q.y) <= 2; });
  EXPECT_GE(shared, 0.8 * static_cast<double>(ours.size())) << shared << " of " << ours.size();
}

}  // namespace
