// SPDX-License-Identifier: Apache-2.0
// How far registrations are from a known homography, and how long they take, beside OpenCV's findTransformECC.
//
//   registration_accuracy PICTURE... [--trials N] [--threads N]
//
// The middle of each picture (two thirds of it, 8 bits, grey) is the reference. It is seen again after its corners
// were moved by random shifts of at most 1, 4 and 12 % of its longer side, as it is and with noise of deviation 8,
// bicubic. An error is the largest distance of the reference's corners from where they should be. ECC starts from no
// motion with windows of 5 x 5 and takes at most 100 steps; it has no pyramid. Prints for each size of motion and
// noise the median error in px, how many of all are within 1 px, and the mean seconds of each.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>
#include <string>
#include <vector>

#include "fluxel/registration.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/plain_picture.hpp"

namespace {

using namespace fluxel;

cv::Mat read_grey(const std::string& path) {
  const video::plain_picture p = video::read_picture(path);
  if (p.type != element_type::u8) throw video::failure(video::fault::input, path + ": not of 8 bits");
  const cv::Mat all(p.height, p.width, CV_8UC(p.channels), const_cast<std::byte*>(p.pixels.data()));
  if (p.channels == 1) return all.clone();
  cv::Mat grey;
  cv::cvtColor(all, grey, cv::COLOR_RGB2GRAY);
  return grey;
}

frame_view<const void> frame_of(const cv::Mat& m) {
  frame_view<const void> f{.format = {.width = m.cols, .height = m.rows, .plane_count = 1}};
  f.data[0] = m.data;
  f.pitch[0] = std::ptrdiff_t(m.step);
  return f;
}

std::vector<cv::Point2f> corners_of(const cv::Size& s) {
  const float w = float(s.width - 1), h = float(s.height - 1);
  return {{0, 0}, {w, 0}, {w, h}, {0, h}};
}

/// A reference, the same seen after a motion, and the motion.
struct example {
  cv::Mat reference, moved;
  cv::Matx33d truth;
};

cv::Mat noisy(const cv::Mat& m, double deviation, cv::RNG& random) {
  if (deviation == 0) return m;
  cv::Mat noise(m.size(), CV_16S), sum;
  random.fill(noise, cv::RNG::NORMAL, 0, deviation);
  cv::add(m, noise, sum, cv::noArray(), CV_8U);
  return sum;
}

example make_example(const cv::Mat& whole, double share, double deviation, cv::RNG& random) {
  const cv::Rect middle(whole.cols / 6, whole.rows / 6, whole.cols * 2 / 3, whole.rows * 2 / 3);
  const double most = share * std::max(middle.width, middle.height);
  const auto from = corners_of(middle.size());
  auto to = from;
  for (auto& p : to) p += cv::Point2f(float(random.uniform(-most, most)), float(random.uniform(-most, most)));
  example e;
  e.truth = cv::Matx33d(cv::getPerspectiveTransform(from, to));
  const cv::Matx33d to_middle(1, 0, -middle.x, 0, 1, -middle.y, 0, 0, 1);
  cv::warpPerspective(whole, e.moved, e.truth * to_middle, middle.size(), cv::INTER_CUBIC, cv::BORDER_REFLECT);
  e.reference = noisy(whole(middle).clone(), deviation, random);
  e.moved = noisy(e.moved, deviation, random);
  return e;
}

double error_of(const cv::Matx33d& found, const example& e) {
  std::vector<cv::Point2f> is, should;
  cv::perspectiveTransform(corners_of(e.reference.size()), is, found);
  cv::perspectiveTransform(corners_of(e.reference.size()), should, e.truth);
  double most = 0;
  for (int i = 0; i < 4; ++i)
    most = std::max(most, std::hypot(double(is[i].x - should[i].x), double(is[i].y - should[i].y)));
  return most;
}

cv::Matx33d by_fluxel(const example& e, int threads) {
  registration object(frame_of(e.reference), {}, {.processor = run_on::cpu, .threads = threads});
  return cv::Matx33d(object.run(frame_of(e.moved)).matrix.m.data());
}

cv::Matx33d by_ecc(const example& e, int) {
  cv::Mat found = cv::Mat::eye(3, 3, CV_32F);
  try {
    cv::findTransformECC(e.reference, e.moved, found, cv::MOTION_HOMOGRAPHY,
                         {cv::TermCriteria::COUNT + cv::TermCriteria::EPS, 100, 1e-6}, cv::noArray(), 5);
  } catch (const cv::Exception&) {  // it does not converge
    return cv::Matx33d::eye();
  }
  cv::Mat in_double;
  found.convertTo(in_double, CV_64F);
  return cv::Matx33d(in_double);
}

struct row {
  std::vector<double> errors;
  double seconds = 0;

  template <class Find>
  void add(const example& e, int threads, Find find) {
    const auto start = std::chrono::steady_clock::now();
    const cv::Matx33d found = find(e, threads);
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    errors.push_back(error_of(found, e));
  }
  std::string text() {
    std::sort(errors.begin(), errors.end());
    const auto near = std::count_if(errors.begin(), errors.end(), [](double v) { return v < 1; });
    char line[96];
    std::snprintf(line, sizeof line, "%8.3f px  %3d of %3d  %6.3f s", errors[errors.size() / 2], int(near),
                  int(errors.size()), seconds / double(errors.size()));
    return line;
  }
};

int run(int argc, char** argv) {
  int trials = 4, threads = 0;
  std::vector<cv::Mat> pictures;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--trials") && i + 1 < argc)
      trials = std::atoi(argv[++i]);
    else if (!std::strcmp(argv[i], "--threads") && i + 1 < argc)
      threads = std::atoi(argv[++i]);
    else
      pictures.push_back(read_grey(argv[i]));
  }
  if (pictures.empty() || trials < 1) {
    std::fprintf(stderr, "usage: registration_accuracy PICTURE... [--trials N] [--threads N]\n");
    return 2;
  }
  cv::setNumThreads(threads > 0 ? threads : -1);
  std::printf("%-18s  %-36s  %s\n", "corners, noise", "fluxel", "OpenCV findTransformECC");
  for (const double deviation : {0.0, 8.0})
    for (const double share : {0.01, 0.04, 0.12}) {
      cv::RNG random(1);
      row ours, theirs;
      for (const cv::Mat& picture : pictures)
        for (int t = 0; t < trials; ++t) {
          const example e = make_example(picture, share, deviation, random);
          ours.add(e, threads, by_fluxel);
          theirs.add(e, threads, by_ecc);
        }
      std::printf("%4.0f %%, %2.0f            %s    %s\n", 100 * share, deviation, ours.text().c_str(),
                  theirs.text().c_str());
      std::fflush(stdout);
    }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "registration_accuracy: %s\n", e.what());
    return 1;
  }
}
