// SPDX-License-Identifier: Apache-2.0
// Accuracy of optical flow on pairs with ground truth, beside OpenCV's methods where OpenCV was there.
//
//   flow_accuracy FOLDER [--method WORD] [--pairs WORD] [--threads N] [--device auto|cpu|cuda] [--runs N]
//
// FOLDER is a tree that host/program/flow_files/flow_dataset.hpp knows: Middlebury, KITTI, Sintel, or
// NAME/frame10.png, frame11.png and flow10.flo. WORD selects the methods, or pairs, whose names contain it; both may
// be repeated.
//
// Prints a row per pair and method, then means over the pairs: mean endpoint error (px), mean angular error
// (degrees), share of pixels with an endpoint error above 1 and 2 px, the error that 95 % of the pixels stay below
// (over the pixels whose truth is known; host/program/flow_files/flow_metrics.hpp), and the median time of the runs
// after one that is not timed. Solvers are built, and pictures converted to 8-bit grey for OpenCV, outside the timed
// part; with --device cuda it contains both copies. A star marks pairs on which fluxel's parameters were chosen.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bench/flow_methods.hpp"
#include "fluxel/error.hpp"
#include "host/program/flow_files/flow_dataset.hpp"
#include "host/program/flow_files/flow_file.hpp"
#include "host/program/flow_files/flow_metrics.hpp"
#include "host/program/video/failure.hpp"

namespace {

using fluxel::video::flow_example;
using fluxel::video::flow_field;
using fluxel::video::flow_metrics;

const std::set<std::string> tuned{"RubberWhale", "Grove2", "Urban2",     "Venus",
                                  "Grove3",      "Urban3", "Dimetrodon", "Hydrangea"};

struct arguments {
  std::string folder;
  std::vector<std::string> methods, pairs;
  int threads = 0;
  int runs = 3;
  fluxel::run_on where = fluxel::run_on::automatic;
};

std::optional<arguments> read_arguments(int argc, char** argv) {
  arguments a;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name.rfind("--", 0) != 0 && a.folder.empty()) {
      a.folder = name;
      continue;
    }
    if (++i == argc) return std::nullopt;
    const std::string value = argv[i];
    if (name == "--method")
      a.methods.push_back(value);
    else if (name == "--pairs")
      a.pairs.push_back(value);
    else if (name == "--threads")
      a.threads = std::atoi(argv[i]);
    else if (name == "--runs")
      a.runs = std::max(1, std::atoi(argv[i]));
    else if (name == "--device" && (value == "cpu" || value == "cuda" || value == "auto"))
      a.where = value == "cpu"    ? fluxel::run_on::cpu
                : value == "cuda" ? fluxel::run_on::cuda
                                  : fluxel::run_on::automatic;
    else
      return std::nullopt;
  }
  if (a.folder.empty()) return std::nullopt;
  return a;
}

bool selected(const std::string& name, const std::vector<std::string>& words) {
  return words.empty() || std::any_of(words.begin(), words.end(),
                                      [&](const std::string& w) { return name.find(w) != std::string::npos; });
}

flow_pair read_pair(const flow_example& e) {
  flow_pair p{fluxel::video::read_picture(e.first), fluxel::video::read_picture(e.second)};
  if (p.first.channels < p.second.channels) p.first = fluxel::video::as_color(p.first);
  if (p.second.channels < p.first.channels) p.second = fluxel::video::as_color(p.second);
  if (p.first.width != p.second.width || p.first.height != p.second.height || p.first.type != p.second.type)
    throw fluxel::video::failure(fluxel::video::fault::input, e.second + ": not of the size or type of " + e.first);
  return p;
}

double median_ms(const flow_run& run, int runs, flow_field& flow) {
  using clock = std::chrono::steady_clock;
  run(flow);
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto start = clock::now();
    run(flow);
    times.push_back(std::chrono::duration<double, std::milli>(clock::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + runs / 2, times.end());
  return times[runs / 2];
}

struct row {
  flow_metrics metrics;
  double ms = 0;
};

void print(const std::string& pair, const std::string& method, const row& r) {
  const flow_metrics& m = r.metrics;
  std::printf("| %s | %s | %.3f | %.2f | %.1f | %.1f | %.2f | %.1f |\n", pair.c_str(), method.c_str(), m.endpoint,
              m.angular, 100 * m.over_1, 100 * m.over_2, m.within_95, r.ms);
  std::fflush(stdout);
}

row mean(const std::vector<row>& rows) {
  row out;
  const double n = double(rows.size());
  for (const row& r : rows) {
    out.metrics.endpoint += r.metrics.endpoint / n;
    out.metrics.angular += r.metrics.angular / n;
    out.metrics.over_1 += r.metrics.over_1 / n;
    out.metrics.over_2 += r.metrics.over_2 / n;
    out.metrics.within_95 += r.metrics.within_95 / n;
    out.ms += r.ms / n;
  }
  return out;
}

/// Rows by truth and method, in the order of the methods.
using results = std::map<std::string, std::vector<std::vector<row>>>;

void measure_pair(const flow_example& e, const std::vector<flow_method>& methods, int runs, results& all) {
  const flow_pair pair = read_pair(e);
  std::vector<flow_field> truths;
  for (const auto& t : e.truths) truths.push_back(fluxel::video::read_flow(t.path));
  for (const flow_field& t : truths)
    if (t.width != pair.first.width || t.height != pair.first.height)
      throw fluxel::video::failure(fluxel::video::fault::input, e.name + ": its truth has another size");
  for (std::size_t m = 0; m < methods.size(); ++m) {
    flow_field flow(pair.first.width, pair.first.height);
    const double ms = median_ms(methods[m].prepare(pair), runs, flow);
    for (std::size_t t = 0; t < truths.size(); ++t) {
      const std::string& label = e.truths[t].label;
      auto& rows = all[label];
      rows.resize(methods.size());
      rows[m].push_back({fluxel::video::measure(flow, truths[t]), ms});
      print(e.name + (label.empty() ? "" : ' ' + label) +
                (tuned.contains(e.name.substr(0, e.name.find(' '))) ? " *" : ""),
            methods[m].name, rows[m].back());
    }
  }
}

int run(const arguments& a) {
  std::vector<flow_method> methods = fluxel_methods(a.threads, a.where);
  for (flow_method& m : opencv_methods(a.threads)) methods.push_back(std::move(m));
  std::erase_if(methods, [&](const flow_method& m) { return !selected(m.name, a.methods); });
  std::vector<flow_example> examples = fluxel::video::find_flow_examples(a.folder);
  std::erase_if(examples, [&](const flow_example& e) { return !selected(e.name, a.pairs); });
  if (examples.empty() || methods.empty()) {
    std::fprintf(stderr, "flow_accuracy: %s: %s\n", a.folder.c_str(),
                 examples.empty() ? "no pair with ground truth of that name" : "no method of that name");
    return 3;
  }
  std::printf("| pair | method | EPE | AAE | R1 %% | R2 %% | A95 | ms |\n|---|---|---|---|---|---|---|---|\n");
  results all;
  for (const flow_example& e : examples) try {
      measure_pair(e, methods, a.runs, all);
    } catch (const fluxel::video::failure& problem) {
      std::fprintf(stderr, "flow_accuracy: left out: %s\n", problem.what());
    }
  for (const auto& [label, rows] : all)
    for (std::size_t m = 0; m < methods.size(); ++m)
      print("mean of " + std::to_string(rows[m].size()) + (label.empty() ? "" : ' ' + label), methods[m].name,
            mean(rows[m]));
  return all.empty() ? 3 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto a = read_arguments(argc, argv);
  if (!a) {
    std::fprintf(stderr,
                 "usage: flow_accuracy FOLDER [--method WORD] [--pairs WORD] [--threads N] [--device auto|cpu|cuda] "
                 "[--runs N]\n");
    return 2;
  }
  try {
    return run(*a);
  } catch (const fluxel::error& e) {
    std::fprintf(stderr, "flow_accuracy: %s\n", e.what());
    return e.code() == fluxel::errc::no_device ? 4 : 70;
  }
}
