// SPDX-License-Identifier: Apache-2.0
// Whether the validity of optical flow tells the truth, on pairs with ground truth and where there is nothing to
// find.
//
//   flow_validity FOLDER [--threads N]
//
// FOLDER is as for flow_accuracy. For every pair and method: the cut score, the share of valid pixels, precision
// (valid pixels whose error is at most 1 px, of the valid ones) and recall (of those whose error is at most 1 px),
// over the pixels whose truth is known; then the means. Below, scores and shares of valid pixels across cuts (a
// pair's first picture and the next pair's second one, cut to the same size), of the first picture and itself half
// its width away (which is found in part, then rightly), of black frames, and of grey with noise of 5 grey levels.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "fluxel/error.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/image.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "host/program/flow_files/flow_dataset.hpp"
#include "host/program/flow_files/flow_file.hpp"
#include "host/program/flow_files/flow_pictures.hpp"
#include "host/program/video/failure.hpp"

namespace {

using namespace fluxel;
using video::flow_field;
using video::plain_picture;

struct method {
  std::string name;
  dense_flow (*make)(const flow_geometry&, flow_quality, const placement&);
  flow_quality quality;
};

dense_flow make_variational(const flow_geometry& g, flow_quality q, const placement& where) {
  return horn_schunck(g, horn_schunck_preset(q), where);
}
dense_flow make_windows(const flow_geometry& g, flow_quality q, const placement& where) {
  return lucas_kanade(g, lucas_kanade_preset(q), where);
}

const method methods[] = {{"horn_schunck fast", make_variational, flow_quality::fast},
                          {"horn_schunck balanced", make_variational, flow_quality::balanced},
                          {"horn_schunck accurate", make_variational, flow_quality::accurate},
                          {"lucas_kanade fast", make_windows, flow_quality::fast},
                          {"lucas_kanade balanced", make_windows, flow_quality::balanced},
                          {"lucas_kanade accurate", make_windows, flow_quality::accurate}};

struct assessed {
  flow_field flow;
  std::vector<u8> validity;
  float score = 0;

  double valid() const {
    return double(std::count(validity.begin(), validity.end(), u8(flow_reason::valid))) / double(validity.size());
  }
};

assessed assess(const method& m, const flow_geometry& g, const flow_image& prev, const flow_image& next,
                int threads) {
  assessed a{flow_field(g.width, g.height), std::vector<u8>(std::size_t(g.width) * g.height)};
  m.make(g, m.quality, {.processor = run_on::cpu, .threads = threads})
      .run(
          {prev, next},
          {.flow = a.flow.view(), .validity = {a.validity.data(), g.width, g.height}, .cut_score = {&a.score, 1, 1}});
  return a;
}

struct rates {
  double precision = 0, recall = 0, valid = 0;
};

rates compare(const assessed& a, const flow_field& truth) {
  double right = 0, valid = 0, both = 0, known = 0;
  for (std::size_t i = 0; i < truth.pixels(); ++i) {
    const float u = truth.uv[2 * i], v = truth.uv[2 * i + 1];
    if (!(std::fabs(u) <= 1e9f && std::fabs(v) <= 1e9f)) continue;
    const bool is_right = std::hypot(a.flow.uv[2 * i] - u, a.flow.uv[2 * i + 1] - v) <= 1;
    const bool is_valid = a.validity[i] == u8(flow_reason::valid);
    known += 1, right += is_right, valid += is_valid, both += is_right && is_valid;
  }
  return {both / std::max(valid, 1.0), both / std::max(right, 1.0), valid / std::max(known, 1.0)};
}

struct loaded {
  std::string name;
  plain_picture first, second;
  flow_field truth;
};

loaded load(const video::flow_example& e) {
  loaded p{e.name, video::read_picture(e.first), video::read_picture(e.second), video::read_flow(e.truths[0].path)};
  if (p.first.channels < p.second.channels) p.first = video::as_color(p.first);
  if (p.second.channels < p.first.channels) p.second = video::as_color(p.second);
  return p;
}

/// 8-bit grey of the upper left part.
image<u8> grey_part(const plain_picture& p, int width, int height) {
  image<u8> out(width, height);
  const double white = p.type == element_type::u8 ? 255 : (1 << p.bit_depth) - 1;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const std::size_t at = (std::size_t(y) * p.width + x) * p.channels + (p.channels >= 3 ? 1 : 0);
      const double value = p.type == element_type::u8 ? p.view<u8>().data[at] : p.view<u16>().data[at];
      out(x, y) = u8(std::lround(value / white * 255));
    }
  return out;
}

image<u8> noise(int width, int height, double sigma, std::uint64_t seed) {
  std::mt19937_64 r(seed);
  image<u8> im(width, height);
  for (std::size_t i = 0; i < im.size(); ++i) {
    double sum = -6;
    for (int k = 0; k < 12; ++k) sum += double(r() >> 11) * 0x1p-53;
    im.data()[i] = u8(std::lround(std::clamp(128 + sigma * sum, 0.0, 255.0)));
  }
  return im;
}

void print_truths(const std::vector<loaded>& pairs, int threads) {
  std::printf("| pair | method | cut score | valid %% | precision | recall |\n|---|---|---|---|---|---|\n");
  for (const method& m : methods) {
    rates mean;
    for (const loaded& p : pairs) {
      const auto a =
          assess(m, video::geometry_of(p.first), video::frame_of(p.first), video::frame_of(p.second), threads);
      const rates r = compare(a, p.truth);
      std::printf("| %s | %s | %.3f | %.1f | %.3f | %.3f |\n", p.name.c_str(), m.name.c_str(), a.score, 100 * r.valid,
                  r.precision, r.recall);
      mean.precision += r.precision / double(pairs.size());
      mean.recall += r.recall / double(pairs.size());
    }
    std::printf("| mean of %zu | %s | | | %.3f | %.3f |\n", pairs.size(), m.name.c_str(), mean.precision,
                mean.recall);
  }
}

void print_nothing_to_find(const std::vector<loaded>& pairs, int threads) {
  std::printf("\n| frames | method | cut score | valid %% |\n|---|---|---|---|\n");
  const auto print = [&](const std::string& name, const image<u8>& a, const image<u8>& b) {
    for (const method& m : methods) {
      const auto found = assess(m, {a.width(), a.height()}, a, b, threads);
      std::printf("| %s | %s | %.3f | %.2f |\n", name.c_str(), m.name.c_str(), found.score, 100 * found.valid());
    }
  };
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const loaded &p = pairs[i], &q = pairs[(i + 1) % pairs.size()];
    const int width = std::min(p.first.width, q.first.width), height = std::min(p.first.height, q.first.height);
    print("cut from " + p.name + " to " + q.name, grey_part(p.first, width, height),
          grey_part(q.second, width, height));
    const auto whole = grey_part(p.first, p.first.width, p.first.height);
    image<u8> far(whole.width(), whole.height());
    for (int y = 0; y < far.height(); ++y)
      for (int x = 0; x < far.width(); ++x)
        far(x, y) = whole((x + far.width() / 2) % far.width(), (y + 90) % far.height());
    print("half the width away in " + p.name, whole, far);
  }
  image<u8> black(320, 240);
  std::fill(black.data(), black.data() + black.size(), u8{0});
  print("black", black, black);
  print("grey with noise", noise(320, 240, 5, 1), noise(320, 240, 5, 2));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && !(argc == 4 && std::string(argv[2]) == "--threads")) {
    std::fprintf(stderr, "usage: flow_validity FOLDER [--threads N]\n");
    return 2;
  }
  const int threads = argc == 4 ? std::atoi(argv[3]) : 0;
  std::vector<loaded> pairs;
  for (const auto& e : video::find_flow_examples(argv[1])) pairs.push_back(load(e));
  if (pairs.empty()) {
    std::fprintf(stderr, "flow_validity: %s: no pair with ground truth\n", argv[1]);
    return 3;
  }
  print_truths(pairs, threads);
  print_nothing_to_find(pairs, threads);
}
