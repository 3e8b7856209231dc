// SPDX-License-Identifier: Apache-2.0
// Corners and tracked points on the CPU: fluxel and OpenCV on the same frames, points and threads.
//
// Names: track_points/<size>/<window>/<points>/<who>/<threads> and good_features/<size>/<who>/<threads>; threads 0
// are all. `cpu` is a whole call from two frames, `sequence` one from the next frame of a sequence. Compare medians
// of interleaved repetitions (bench/compare.py).

#include "fluxel/track_points.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <memory>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>
#include <string>
#include <vector>

#include "fluxel/good_features.hpp"

namespace fluxel::bench {
namespace {

/// Blurred noise, the second moved by a few pixels; corners everywhere.
struct scene {
  explicit scene(cv::Size size) : first(size, CV_8U), second(size, CV_8U) {
    cv::Mat noise(size, CV_8U);
    cv::RNG random(1);
    random.fill(noise, cv::RNG::UNIFORM, 0, 256);
    cv::GaussianBlur(noise, noise, {}, 2.5);
    cv::normalize(noise, first, 0, 255, cv::NORM_MINMAX);
    const cv::Mat shift = (cv::Mat_<double>(2, 3) << 1, 0, 3.3, 0, 1, -1.7);
    cv::warpAffine(first, second, shift, size, cv::INTER_CUBIC, cv::BORDER_REFLECT);
    feature_options options;
    options.max_count = most;
    options.min_distance = 6;
    points.resize(most);
    int count = 0;
    feature_detector({size.width, size.height}, options, {run_on::cpu})
        .run(view(first), {}, {.points = points, .count = &count});
    points.resize(count);
  }
  static image_view<const u8> view(const cv::Mat& m) { return {.data = m.data, .width = m.cols, .height = m.rows}; }

  static constexpr int most = 10000;
  cv::Mat first, second;
  std::vector<point> points;
};

template <class F>
void add(const std::string& name, double points, F&& call) {
  benchmark::RegisterBenchmark(
      name.c_str(),
      [points, call = std::forward<F>(call)](benchmark::State& state) mutable {
        call();
        for (auto _ : state) call();
        if (points > 0)
          state.counters["s/point"] =
              benchmark::Counter(points, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
      })
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

void set_threads(int threads) { cv::setNumThreads(threads == 0 ? cv::getNumberOfCPUs() : threads); }

/// The tracker and the lists of one case.
struct tracking {
  tracking(std::shared_ptr<scene> s, int window, int count, int threads, double back)
      : frames(std::move(s)),
        from(frames->points.begin(), frames->points.begin() + count),
        to(count),
        status(count),
        error(count),
        tracker({frames->first.cols, frames->first.rows, 1, element_type::u8}, scene::most,
                {.window = window, .forward_backward = back}, {.processor = run_on::cpu, .threads = threads}) {}
  point_tracks lists() { return {.from = from, .to = to, .status = status, .error = error}; }

  std::shared_ptr<scene> frames;
  std::vector<point> from, to;
  std::vector<track_status> status;
  std::vector<float> error;
  point_tracker tracker;
};

void add_tracking(const std::shared_ptr<scene>& s, const std::string& size, int window, int count) {
  if (count > static_cast<int>(s->points.size())) return;
  const std::string name = "track_points/" + size + "/win" + std::to_string(window) + "/" + std::to_string(count);
  for (int threads : {1, 0}) {
    const std::string end = std::string("/").append(std::to_string(threads));
    auto t = std::make_shared<tracking>(s, window, count, threads, 0);
    add(name + "/cpu" + end, count,
        [s, t] { t->tracker.run(scene::view(s->first), scene::view(s->second), t->lists()); });
    auto next = std::make_shared<tracking>(s, window, count, threads, 0);
    add(name + "/sequence" + end, count, [s, next, i = 0]() mutable {
      next->tracker.advance(scene::view(i++ % 2 == 0 ? s->first : s->second), next->lists());
    });
    auto back = std::make_shared<tracking>(s, window, count, threads, 0.5);
    add(name + "/forward_backward" + end, count,
        [s, back] { back->tracker.run(scene::view(s->first), scene::view(s->second), back->lists()); });
    std::vector<cv::Point2f> from;
    for (const auto& p : t->from) from.emplace_back(p.x, p.y);
    add(name + "/opencv" + end, count, [s, from, window, threads] {
      set_threads(threads);
      std::vector<cv::Point2f> to;
      std::vector<u8> status;
      std::vector<float> error;
      cv::calcOpticalFlowPyrLK(s->first, s->second, from, to, status, error, {window, window}, 3);
    });
  }
}

void add_features(const std::shared_ptr<scene>& s, const std::string& size) {
  for (int threads : {1, 0}) {
    const feature_options options;
    auto points = std::make_shared<std::vector<point>>(options.max_count);
    auto detector = std::make_shared<feature_detector>(flow_geometry{s->first.cols, s->first.rows}, options,
                                                       placement{.processor = run_on::cpu, .threads = threads});
    add("good_features/" + size + "/cpu/" + std::to_string(threads), 0, [s, detector, points] {
      int count = 0;
      detector->run(scene::view(s->first), {}, {.points = *points, .count = &count});
      benchmark::DoNotOptimize(count);
    });
    add("good_features/" + size + "/opencv/" + std::to_string(threads), 0, [s, threads] {
      set_threads(threads);
      std::vector<cv::Point2f> corners;
      cv::goodFeaturesToTrack(s->first, corners, 1000, 0.01, 8);
      benchmark::DoNotOptimize(corners.size());
    });
  }
}

void add_all() {
  for (const auto& [name, size] : {std::pair{"720p", cv::Size{1280, 720}}, {"1080p", cv::Size{1920, 1080}}}) {
    auto s = std::make_shared<scene>(size);
    for (int window : {15, 21})
      for (int count : {1000, 10000}) add_tracking(s, name, window, count);
    add_features(s, name);
  }
}

}  // namespace
}  // namespace fluxel::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("fluxel", fluxel::cpu_target());
  benchmark::AddCustomContext("opencv", CV_VERSION);
  fluxel::bench::add_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
