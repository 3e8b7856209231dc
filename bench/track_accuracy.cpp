// SPDX-License-Identifier: Apache-2.0
// Accuracy of tracked points on pairs with ground truth, beside OpenCV's calcOpticalFlowPyrLK at the same corners.
//
//   track_accuracy FOLDER [--window N] [--count N] [--threads N]
//
// FOLDER is a tree that host/program/flow_files/flow_dataset.hpp knows. Corners are fluxel's strongest with known
// truth, 8 px apart. Prints a row per pair: the mean endpoint error (px) of the points that each tracks, of those
// that a forward-backward check of 0.5 px keeps, how many of all points those are, and of the points that both track
// the share that lies within 0.1 px of OpenCV's.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>
#include <string>
#include <vector>

#include "fluxel/good_features.hpp"
#include "fluxel/track_points.hpp"
#include "host/program/flow_files/flow_dataset.hpp"
#include "host/program/flow_files/flow_file.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/plain_picture.hpp"

namespace {

using namespace fluxel;

struct settings {
  int window = 21, count = 1000, threads = 0;
};

struct tracks {
  std::vector<point> to;
  std::vector<bool> tracked;
};

image_view<const u8> view_of(const cv::Mat& m) { return {.data = m.data, .width = m.cols, .height = m.rows}; }

/// A pair of 8-bit grey frames.
struct flow_pair {
  cv::Mat first, second;
  video::flow_field truth;
};

cv::Mat read_grey(const std::string& path) {
  const video::plain_picture p = video::read_picture(path);
  if (p.type != element_type::u8) throw video::failure(video::fault::input, path + ": not of 8 bits");
  const cv::Mat all(p.height, p.width, CV_8UC(p.channels), const_cast<std::byte*>(p.pixels.data()));
  cv::Mat grey;
  if (p.channels == 1) return all.clone();
  cv::cvtColor(all, grey, cv::COLOR_RGB2GRAY);
  return grey;
}

flow_pair read_pair(const video::flow_example& e) {
  return {read_grey(e.first), read_grey(e.second), video::read_flow(e.truths.front().path)};
}

std::vector<point> corners(const cv::Mat& grey, const video::flow_field& truth, const settings& s) {
  feature_options options;
  options.max_count = s.count;
  feature_detector detector({grey.cols, grey.rows}, options, {.processor = run_on::cpu, .threads = s.threads});
  cv::Mat mask(grey.size(), CV_8U);
  for (std::size_t i = 0; i < truth.pixels(); ++i) mask.data[i] = video::is_known(truth, i);
  std::vector<point> points(s.count);
  int count = 0;
  detector.run(view_of(grey), view_of(mask), {.points = points, .count = &count});
  points.resize(count);
  return points;
}

tracks ours(const cv::Mat& a, const cv::Mat& b, const std::vector<point>& from, const settings& s, double back) {
  track_options options;
  options.window = s.window;
  options.forward_backward = back;
  point_tracker tracker({a.cols, a.rows}, s.count, options, {.processor = run_on::cpu, .threads = s.threads});
  tracks t{std::vector<point>(from.size()), {}};
  std::vector<track_status> status(from.size());
  tracker.run(view_of(a), view_of(b), {.from = from, .to = t.to, .status = status});
  for (auto x : status) t.tracked.push_back(x == track_status::tracked);
  return t;
}

tracks opencv(const cv::Mat& a, const cv::Mat& b, const std::vector<point>& from, const settings& s, double back) {
  const cv::Size window(s.window, s.window);
  std::vector<cv::Point2f> points, there, returned;
  for (auto p : from) points.emplace_back(p.x, p.y);
  std::vector<u8> status, back_status;
  cv::calcOpticalFlowPyrLK(a, b, points, there, status, cv::noArray(), window, 3);
  if (back > 0) cv::calcOpticalFlowPyrLK(b, a, there, returned, back_status, cv::noArray(), window, 3);
  tracks t;
  for (std::size_t i = 0; i < from.size(); ++i) {
    t.to.push_back({there[i].x, there[i].y});
    const bool inside = there[i].x >= 0 && there[i].y >= 0 && there[i].x <= a.cols - 1 && there[i].y <= a.rows - 1;
    t.tracked.push_back(status[i] != 0 && inside &&
                        (back == 0 || (back_status[i] != 0 && cv::norm(returned[i] - points[i]) <= back)));
  }
  return t;
}

struct score {
  double error = 0, kept = 0;
};
score score_of(const tracks& t, const std::vector<point>& from, const video::flow_field& truth) {
  score s;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (!t.tracked[i]) continue;
    const auto pixel = std::size_t(from[i].y) * truth.width + std::size_t(from[i].x);
    s.error += std::hypot(t.to[i].x - from[i].x - truth.u(pixel), t.to[i].y - from[i].y - truth.v(pixel));
    ++s.kept;
  }
  return {s.error / s.kept, s.kept / static_cast<double>(from.size())};
}

double agreement(const tracks& a, const tracks& b) {
  double both = 0, near = 0;
  for (std::size_t i = 0; i < a.to.size(); ++i) {
    if (!a.tracked[i] || !b.tracked[i]) continue;
    ++both;
    near += std::hypot(a.to[i].x - b.to[i].x, a.to[i].y - b.to[i].y) <= 0.1;
  }
  return near / both;
}

constexpr int columns = 9;
using line = std::vector<double>;

line measure(const flow_pair& p, const settings& s) {
  const cv::Mat &a = p.first, &b = p.second;
  const auto from = corners(a, p.truth, s);
  const tracks mine = ours(a, b, from, s, 0), checked = ours(a, b, from, s, 0.5);
  const tracks theirs = opencv(a, b, from, s, 0), theirs_checked = opencv(a, b, from, s, 0.5);
  const score m = score_of(mine, from, p.truth), mc = score_of(checked, from, p.truth);
  const score t = score_of(theirs, from, p.truth), tc = score_of(theirs_checked, from, p.truth);
  return {m.error,       100 * m.kept,  mc.error,
          100 * mc.kept, t.error,       100 * t.kept,
          tc.error,      100 * tc.kept, 100 * agreement(mine, theirs)};
}

void print(const std::string& name, const line& l) {
  std::printf("| %s | %.3f | %.1f | %.3f | %.1f | %.3f | %.1f | %.3f | %.1f | %.1f |\n", name.c_str(), l[0], l[1],
              l[2], l[3], l[4], l[5], l[6], l[7], l[8]);
}

bool parse(int argc, char** argv, settings& s) {
  if (argc < 2 || argc % 2 != 0) return false;
  for (int i = 2; i < argc; i += 2) {
    const int value = std::atoi(argv[i + 1]);
    if (std::strcmp(argv[i], "--window") == 0)
      s.window = value;
    else if (std::strcmp(argv[i], "--count") == 0)
      s.count = value;
    else if (std::strcmp(argv[i], "--threads") == 0)
      s.threads = value;
    else
      return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  settings s;
  if (!parse(argc, argv, s)) {
    std::fprintf(stderr, "usage: track_accuracy FOLDER [--window N] [--count N] [--threads N]\n");
    return 2;
  }
  const auto pairs = video::find_flow_examples(argv[1]);
  if (pairs.empty()) {
    std::fprintf(stderr, "track_accuracy: %s: no pair with ground truth\n", argv[1]);
    return 3;
  }
  std::printf(
      "| pair | EPE | tracked %% | EPE checked | kept %% | OpenCV EPE | tracked %% | EPE checked | kept %% "
      "| within 0.1 px %% |\n|---|---|---|---|---|---|---|---|---|---|\n");
  line mean(columns);
  try {
    for (const auto& p : pairs) {
      const line l = measure(read_pair(p), s);
      print(p.name, l);
      for (int i = 0; i < columns; ++i) mean[i] += l[i] / static_cast<double>(pairs.size());
    }
  } catch (const video::failure& e) {
    std::fprintf(stderr, "track_accuracy: %s\n", e.what());
    return 3;
  }
  print("mean", mean);
}
