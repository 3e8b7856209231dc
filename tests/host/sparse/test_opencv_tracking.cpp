// SPDX-License-Identifier: Apache-2.0
// OpenCV as a second witness of tracked points and corners.
// CTest: a rule of its own

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>
#include <utility>

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

/// Errors of points by their distance from the border, before and after.
struct errors_by_distance {
  static constexpr int limits[] = {3, 6, 11, 21, 1000};
  double sum[5] = {};
  int count[5] = {};

  void add(double distance, double error) {
    int i = 0;
    while (distance >= limits[i]) ++i;
    sum[i] += error;
    ++count[i];
  }
};

TEST(OpenCV, PointsNearTheBorderAreTrackedNoWorse) {
  constexpr int width = 320, height = 240, room = 40;
  errors_by_distance ours, theirs;
  for (int seed = 0; seed < 3; ++seed) {
    cv::RNG random(seed);
    cv::Mat large(height + 2 * room, width + 2 * room, CV_32F);
    random.fill(large, cv::RNG::UNIFORM, 0, 255);
    cv::GaussianBlur(large, large, {}, 2);
    cv::normalize(large, large, 0, 255, cv::NORM_MINMAX);
    large.convertTo(large, CV_8U);
    for (const auto [dx, dy] :
         std::initializer_list<std::pair<int, int>>{{6, -3}, {0, 0}, {1, 1}, {-4, 2}, {12, 0}}) {
      const cv::Mat a = large({room, room, width, height}).clone();
      const cv::Mat b = large({room - dx, room - dy, width, height}).clone();
      std::vector<point> from;
      std::vector<cv::Point2f> points, found;
      for (int y = 0; y < height; y += 5)
        for (int x = 0; x < width; x += 5) {
          from.push_back({static_cast<float>(x), static_cast<float>(y)});
          points.emplace_back(from.back().x, from.back().y);
        }
      std::vector<u8> known;
      cv::calcOpticalFlowPyrLK(a, b, points, found, known, cv::noArray(), {21, 21}, 3);
      std::vector<point> to(from.size());
      std::vector<track_status> status(from.size());
      track_points(view(a), view(b), {.from = from, .to = to, .status = status});
      for (std::size_t i = 0; i < from.size(); ++i) {
        const float x = from[i].x + static_cast<float>(dx), y = from[i].y + static_cast<float>(dy);
        auto distance = [](float u, float v) { return std::min({u, v, width - 1 - u, height - 1 - v}); };
        const double near = std::min(distance(x, y), distance(from[i].x, from[i].y));
        if (near < 0) continue;
        if (status[i] == track_status::tracked) ours.add(near, std::hypot(to[i].x - x, to[i].y - y));
        if (known[i] != 0) theirs.add(near, std::hypot(found[i].x - x, found[i].y - y));
      }
    }
  }
  for (int k = 0; k < 5; ++k) {
    EXPECT_GE(ours.count[k], 0.95 * theirs.count[k]) << k;
    EXPECT_LE(ours.sum[k] / ours.count[k], theirs.sum[k] / theirs.count[k] + 0.002)
        << "closer than " << errors_by_distance::limits[k] << " px: " << ours.count[k] << " and " << theirs.count[k];
    RecordProperty("ours" + std::to_string(k), std::to_string(ours.sum[k] / ours.count[k]));
    RecordProperty("theirs" + std::to_string(k), std::to_string(theirs.sum[k] / theirs.count[k]));
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
