// SPDX-License-Identifier: Apache-2.0
// What moves, found by motion_segmenter and by OpenCV's methods, on scenes whose masks are known: a camera that
// stands, pans, turns and zooms, tilts and shakes over a textured plane, and two things that move over it.
//
//   segment_accuracy [--scene WORD]
//
// Prints precision and recall of pixels and their harmonic mean (F1) over the frames 10 to 39 of each scene, and CPU
// milliseconds per frame of one thread. fluxel has its defaults; of OpenCV's methods the best of several thresholds,
// as the truth tells, is shown, after closing and opening by 5 x 5:
//   MOG2               its background subtractor, without shadows; varThreshold 4, 8 or 16
//   MOG2 on the plane  the same on frames that are brought to where the first one was: corners tracked by
//                      calcOpticalFlowPyrLK, findHomography with RANSAC
//   difference         to the frame before, brought to this one so; above 4, 8, 12 or 20 levels

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <opencv2/calib3d.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video.hpp>
#include <string>
#include <vector>

#include "fluxel/motion_segmenter.hpp"
#include "tests/support/moving_scene.hpp"

namespace {

using fluxel::image;
using fluxel::u8;
using fluxel::test::mask_score;
using fluxel::test::moving_scene;

constexpr fluxel::size s{480, 360};
constexpr int frame_count = 40, first_scored = 10;

using pictures = std::vector<moving_scene::picture>;
using masks = std::vector<image<u8>>;

cv::Mat mat_of(const image<u8>& im) { return {im.height(), im.width(), CV_8U, const_cast<u8*>(im.data())}; }
image<u8> image_of(const cv::Mat& m) {
  image<u8> im(m.cols, m.rows);
  for (int y = 0; y < m.rows; ++y) std::memcpy(&im(0, y), m.ptr(y), std::size_t(m.cols));
  return im;
}

masks by_fluxel(const pictures& frames, double) {
  const fluxel::frame_format format{.width = s.width, .height = s.height, .plane_count = 1};
  fluxel::motion_segmenter segmenter(format, {}, {.processor = fluxel::run_on::cpu, .threads = 1});
  masks found;
  image<u8> mask(s.width, s.height);
  for (const auto& p : frames) {
    fluxel::frame_view<const void> view{format};
    view.data[0] = p.frame.data();
    view.pitch[0] = s.width;
    if (segmenter.advance(view, mask)) found.push_back(mask);
  }
  while (segmenter.flush(mask)) found.push_back(mask);
  return found;
}

/// From the pixels of the frame before to those of this one.
cv::Mat camera_motion(const cv::Mat& before, const cv::Mat& frame) {
  std::vector<cv::Point2f> from, to;
  std::vector<unsigned char> status;
  cv::goodFeaturesToTrack(before, from, 400, 0.01, 8);
  cv::calcOpticalFlowPyrLK(before, frame, from, to, status, cv::noArray());
  std::vector<cv::Point2f> a, b;
  for (std::size_t i = 0; i < from.size(); ++i)
    if (status[i] != 0) a.push_back(from[i]), b.push_back(to[i]);
  cv::Mat h = a.size() < 4 ? cv::Mat() : cv::findHomography(a, b, cv::RANSAC, 1);
  return h.empty() ? cv::Mat::eye(3, 3, CV_64F) : h;
}

void close_and_open(cv::Mat& mask) {
  const cv::Mat square = cv::getStructuringElement(cv::MORPH_RECT, {5, 5});
  cv::morphologyEx(mask, mask, cv::MORPH_CLOSE, square);
  cv::morphologyEx(mask, mask, cv::MORPH_OPEN, square);
}

masks by_mog2(const pictures& frames, bool on_plane, double threshold) {
  const auto subtractor = cv::createBackgroundSubtractorMOG2(500, threshold, false);
  cv::Mat to_frame = cv::Mat::eye(3, 3, CV_64F), mask, seen, back;
  masks found;
  for (std::size_t n = 0; n < frames.size(); ++n) {
    const cv::Mat frame = mat_of(frames[n].frame);
    if (on_plane && n > 0) to_frame = camera_motion(mat_of(frames[n - 1].frame), frame) * to_frame;
    if (on_plane)
      cv::warpPerspective(frame, seen, to_frame, frame.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                          cv::BORDER_REPLICATE);
    else
      seen = frame;
    subtractor->apply(seen, mask);
    if (on_plane) {
      cv::warpPerspective(mask, back, to_frame, frame.size(), cv::INTER_NEAREST);
      mask = back.clone();
    }
    close_and_open(mask);
    found.push_back(image_of(mask));
  }
  return found;
}

masks by_difference(const pictures& frames, double threshold) {
  masks found;
  for (std::size_t n = 0; n < frames.size(); ++n) {
    const cv::Mat frame = mat_of(frames[n].frame);
    cv::Mat mask = cv::Mat::zeros(frame.size(), CV_8U), before;
    if (n > 0) {
      const cv::Mat previous = mat_of(frames[n - 1].frame);
      cv::warpPerspective(previous, before, camera_motion(previous, frame), frame.size(), cv::INTER_LINEAR,
                          cv::BORDER_REPLICATE);
      cv::absdiff(frame, before, mask);
      cv::threshold(mask, mask, threshold, 255, cv::THRESH_BINARY);
      close_and_open(mask);
    }
    found.push_back(image_of(mask));
  }
  return found;
}

struct method {
  const char* name;
  std::function<masks(const pictures&, double)> run;
  std::vector<double> thresholds;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string wanted = argc == 3 && std::string(argv[1]) == "--scene" ? argv[2] : "";
  if (argc != 1 && wanted.empty()) return std::fprintf(stderr, "usage: segment_accuracy [--scene WORD]\n"), 2;
  cv::setNumThreads(1);
  const std::vector<method> methods{
      {"fluxel", by_fluxel, {0}},
      {"MOG2", [](const pictures& p, double t) { return by_mog2(p, false, t); }, {4, 8, 16}},
      {"MOG2 on the plane", [](const pictures& p, double t) { return by_mog2(p, true, t); }, {4, 8, 16}},
      {"difference", by_difference, {4, 8, 12, 20}}};
  std::printf("%-20s %-18s %9s %7s %6s %9s\n", "scene", "method", "precision", "recall", "F1", "ms/frame");
  for (const auto& [name, scene] : fluxel::test::moving_scenes(s)) {
    if (std::string(name).find(wanted) == std::string::npos) continue;
    pictures frames;
    for (int n = 0; n < frame_count; ++n) frames.push_back(scene.frame(n));
    for (const method& m : methods) {
      mask_score best;
      const std::clock_t start = std::clock();
      for (const double threshold : m.thresholds) {
        const masks found = m.run(frames, threshold);
        mask_score score;
        for (int n = first_scored; n < frame_count; ++n) score.add(found[n], frames[n].mask);
        if (best.present == 0 || score.f1() > best.f1()) best = score;
      }
      const double runs = double(m.thresholds.size()) * frame_count;
      const double ms = 1000.0 * double(std::clock() - start) / CLOCKS_PER_SEC / runs;
      std::printf("%-20s %-18s %9.3f %7.3f %6.3f %9.1f\n", name, m.name, best.precision(), best.recall(), best.f1(),
                  ms);
      std::fflush(stdout);
    }
  }
}
