// Accuracy of optical flow on pairs with ground truth, beside OpenCV's methods.
//
//   flow_accuracy FOLDER [--threads N]
//
// FOLDER holds NAME/frame10.png, NAME/frame11.png and NAME/flow10.flo, as the Middlebury pairs do. Prints a row per
// pair and method: mean endpoint error (px), mean angular error (degrees), share of pixels with an endpoint error above
// 1 and 2 px, the error that 95 % of the pixels stay below, and the median time of three runs. A star marks pairs on which
// fluxel's parameters were chosen.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "fluxel/horn_schunck.hpp"

namespace {

const std::set<std::string> tuned{"RubberWhale", "Grove2", "Urban2",    "Venus",
                                  "Grove3",      "Urban3", "Dimetrodon", "Hydrangea"};

struct pair {
  std::string name;
  cv::Mat first, second;  ///< BGR
  cv::Mat truth;          ///< two floats; unknown above 1e9
};

cv::Mat read_flo(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  float tag = 0;
  int width = 0, height = 0;
  file.read(reinterpret_cast<char*>(&tag), 4);
  file.read(reinterpret_cast<char*>(&width), 4);
  file.read(reinterpret_cast<char*>(&height), 4);
  if (!file || tag != 202021.25f || width < 1 || height < 1) return {};
  cv::Mat flow(height, width, CV_32FC2);
  file.read(reinterpret_cast<char*>(flow.data), std::streamsize{8} * width * height);
  return file ? flow : cv::Mat();
}

std::vector<pair> read_pairs(const std::filesystem::path& folder) {
  std::vector<pair> pairs;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto& at = entry.path();
    if (!std::filesystem::exists(at / "flow10.flo")) continue;
    pair p{at.filename(), cv::imread(at / "frame10.png"), cv::imread(at / "frame11.png"), read_flo(at / "flow10.flo")};
    if (!p.first.empty() && p.first.size() == p.second.size() && p.first.size() == p.truth.size())
      pairs.push_back(std::move(p));
    else
      std::fprintf(stderr, "%s: left out: its files do not fit together\n", at.c_str());
  }
  std::sort(pairs.begin(), pairs.end(), [](const pair& a, const pair& b) { return a.name < b.name; });
  return pairs;
}

struct score {
  double endpoint = 0, angular = 0, over1 = 0, over2 = 0, within95 = 0;
};

score compare(const cv::Mat& flow, const cv::Mat& truth) {
  std::vector<double> errors;
  score s;
  for (int y = 0; y < truth.rows; ++y)
    for (int x = 0; x < truth.cols; ++x) {
      const auto t = truth.at<cv::Vec2f>(y, x), f = flow.at<cv::Vec2f>(y, x);
      if (!(std::fabs(t[0]) < 1e9 && std::fabs(t[1]) < 1e9)) continue;
      errors.push_back(std::hypot(double{f[0]} - t[0], double{f[1]} - t[1]));
      const double dot = 1 + double{f[0]} * t[0] + double{f[1]} * t[1];
      const double lengths = std::sqrt((1 + f.dot(f)) * (1.0 + t.dot(t)));
      s.angular += std::acos(std::clamp(dot / lengths, -1.0, 1.0)) * 180 / CV_PI;
      s.over1 += errors.back() > 1;
      s.over2 += errors.back() > 2;
    }
  const auto n = static_cast<double>(errors.size());
  for (double e : errors) s.endpoint += e / n;
  s.angular /= n;
  s.over1 /= n;
  s.over2 /= n;
  const auto rank = static_cast<std::ptrdiff_t>(0.95 * (n - 1));
  std::nth_element(errors.begin(), errors.begin() + rank, errors.end());
  s.within95 = errors[rank];
  return s;
}

using method = std::function<void(const pair&, cv::Mat&)>;

method horn_schunck(fluxel::flow_quality quality, int threads) {
  return [=](const pair& p, cv::Mat& flow) {
    auto options = fluxel::horn_schunck_preset(quality);
    options.threads = threads;
    cv::Mat a, b;
    cv::cvtColor(p.first, a, cv::COLOR_BGR2RGB);
    cv::cvtColor(p.second, b, cv::COLOR_BGR2RGB);
    fluxel::horn_schunck solver({a.cols, a.rows, 3, fluxel::element_type::u8}, options);
    auto view = [](const cv::Mat& m) { return fluxel::image_view<const fluxel::u8>{m.data, m.cols, m.rows, 3}; };
    solver.solve<fluxel::u8>(view(a), view(b), {reinterpret_cast<float*>(flow.data), a.cols, a.rows, 2});
  };
}

method with_grey(std::function<void(const cv::Mat&, const cv::Mat&, cv::Mat&)> f) {
  return [=](const pair& p, cv::Mat& flow) {
    cv::Mat a, b;
    cv::cvtColor(p.first, a, cv::COLOR_BGR2GRAY);
    cv::cvtColor(p.second, b, cv::COLOR_BGR2GRAY);
    f(a, b, flow);
  };
}

std::vector<std::pair<std::string, method>> methods(int threads) {
  using fluxel::flow_quality;
  auto dis = [](int preset) {
    return with_grey([=](const cv::Mat& a, const cv::Mat& b, cv::Mat& flow) {
      cv::DISOpticalFlow::create(preset)->calc(a, b, flow);
    });
  };
  return {{"horn_schunck fast", horn_schunck(flow_quality::fast, threads)},
          {"horn_schunck balanced", horn_schunck(flow_quality::balanced, threads)},
          {"horn_schunck accurate", horn_schunck(flow_quality::accurate, threads)},
          {"OpenCV DIS fast", dis(cv::DISOpticalFlow::PRESET_FAST)},
          {"OpenCV DIS medium", dis(cv::DISOpticalFlow::PRESET_MEDIUM)},
          {"OpenCV Farneback", with_grey([](const cv::Mat& a, const cv::Mat& b, cv::Mat& flow) {
             cv::calcOpticalFlowFarneback(a, b, flow, 0.5, 5, 13, 10, 5, 1.1, 0);
           })}};
}

double median_ms(const method& run, const pair& p, cv::Mat& flow) {
  std::vector<double> times;
  for (int i = 0; i < 3; ++i) {
    const auto start = std::chrono::steady_clock::now();
    run(p, flow);
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(times.begin(), times.end());
  return times[1];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && !(argc == 4 && std::string(argv[2]) == "--threads")) {
    std::fprintf(stderr, "usage: flow_accuracy FOLDER [--threads N]\n");
    return 2;
  }
  const int threads = argc == 4 ? std::atoi(argv[3]) : 0;
  if (threads > 0) cv::setNumThreads(threads);
  const auto pairs = std::filesystem::is_directory(argv[1]) ? read_pairs(argv[1]) : std::vector<pair>();
  if (pairs.empty()) {
    std::fprintf(stderr, "flow_accuracy: %s: no pair with frame10.png, frame11.png and flow10.flo\n", argv[1]);
    return 3;
  }
  std::printf("| pair | method | EPE | AAE | R1 %% | R2 %% | A95 | ms |\n|---|---|---|---|---|---|---|---|\n");
  for (const auto& p : pairs)
    for (const auto& [name, run] : methods(threads)) {
      cv::Mat flow(p.first.rows, p.first.cols, CV_32FC2);
      const double ms = median_ms(run, p, flow);
      const score s = compare(flow, p.truth);
      std::printf("| %s%s | %s | %.3f | %.2f | %.1f | %.1f | %.2f | %.1f |\n", p.name.c_str(),
                  tuned.contains(p.name) ? " *" : "", name.c_str(), s.endpoint, s.angular, 100 * s.over1,
                  100 * s.over2, s.within95, ms);
      std::fflush(stdout);
    }
}
