// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "fluxel/metrics.hpp"
#include "host/program/cli/commands/compare/compare_report.hpp"
#include "host/program/cli/options/compare_arguments.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/input/picture_pairs.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

/// Measures pairs of frames, plane by plane. Objects are kept for each kind of plane.
class frame_comparison {
 public:
  frame_comparison(similarity windows, const placement& where) : windows_(windows), where_(where) {}

  /// The sums of every channel of every plane.
  std::vector<comparison_sums> operator()(const video::picture_pair& pair) {
    const frame_format& f = pair.reference.format;
    std::vector<comparison_sums> all;
    for (int p = 0; p < f.plane_count; ++p) {
      std::vector<comparison_sums> sums(f.planes[p].channels);
      switch (f.type()) {
        case element_type::u8:
          measure<u8>(pair, p, sums);
          break;
        case element_type::u16:
          measure<u16>(pair, p, sums);
          break;
        default:
          measure<f32>(pair, p, sums);
      }
      all.insert(all.end(), sums.begin(), sums.end());
    }
    return all;
  }

 private:
  template <class T>
  void measure(const video::picture_pair& pair, int p, std::vector<comparison_sums>& sums) {
    const frame_format& f = pair.reference.format;
    const size s = f.plane_size(p);
    const int channels = f.planes[p].channels;
    const auto view = [&](const frame_view<const void>& frame) {
      return image_view<const T>{static_cast<const T*>(frame.data[p]), s.width, s.height, channels, frame.pitch[p]};
    };
    const auto key = std::tuple(s.width, s.height, channels, f.type(), f.bit_depth, f.high_bits);
    auto known = objects_.find(key);
    if (known == objects_.end()) {
      comparison_options o{.similarity = windows_};
      if (f.type() == element_type::u16) {
        o.bit_depth = f.bit_depth;
        o.low_zero_bits = f.high_bits ? 16 - f.bit_depth : 0;
      }
      const comparison_geometry g{s.width, s.height, channels, 1, 1, f.type()};
      known = objects_.emplace(key, image_comparison(g, o, where_)).first;
    }
    known->second.run(view(pair.judged), view(pair.reference), sums);
  }

  similarity windows_;
  placement where_;
  std::map<std::tuple<int, int, int, element_type, int, bool>, image_comparison> objects_;
};

double peak_of(const frame_format& f) { return f.floating ? 1 : (1 << f.bit_depth) - 1; }

similarity read_similarity(const std::string& text) {
  if (text == "gaussian") return similarity::gaussian;
  if (text == "blocks") return similarity::blocks;
  if (text == "none") return similarity::none;
  throw failure(fault::usage, "--ssim " + text + ": choose gaussian, blocks or none");
}

/// @returns whether the value reaches its threshold; says so if not.
bool reaches(const char* what, double value, const char* option, const std::optional<double>& least) {
  if (!least || value >= *least) return true;
  std::fprintf(stderr, "fluxel: %s %.4f is below %s %g\n", what, value, option, *least);
  return false;
}

void check_thresholds(const compare_arguments& a) {
  if (a.min_psnr && !std::isfinite(*a.min_psnr)) throw failure(fault::usage, "--min-psnr: choose a number");
  if (!a.min_ssim) return;
  if (!(*a.min_ssim >= -1 && *a.min_ssim <= 1))
    throw failure(fault::usage, "--min-ssim: choose a number from -1 to 1");
  if (a.ssim == "none") throw failure(fault::usage, "--min-ssim does not go with --ssim none");
}

/// @returns whether both have the same number of pictures; says so if not.
bool same_length(const compare_arguments& a, const video::picture_pairs& pairs, std::int64_t pictures) {
  if (!pairs.judged_goes_on() && !pairs.reference_goes_on()) return true;
  const std::string& shorter = pairs.judged_goes_on() ? a.reference : a.estimate;
  const std::string& longer = pairs.judged_goes_on() ? a.estimate : a.reference;
  std::fprintf(stderr, "fluxel: %s has %lld %s, %s has more: the first ones are compared\n", shorter.c_str(),
               static_cast<long long>(pictures), pictures == 1 ? "picture" : "pictures", longer.c_str());
  return false;
}

}  // namespace

int compare_pictures(const compare_arguments& a) {
  check_thresholds(a);
  const device_choice device = read_device(a.device.device);
  frame_comparison compare(read_similarity(a.ssim),
                           {.processor = device.where, .device = device.index, .threads = a.device.threads});
  video::monitor monitor;
  monitor.note = [](const std::string& text) { std::fprintf(stderr, "fluxel: %s\n", text.c_str()); };
  video::picture_pairs pairs({.name = a.estimate}, {.name = a.reference}, monitor);
  comparison_report report(a.csv ? report_kind::csv : a.json ? report_kind::json : report_kind::text);
  while (const auto pair = pairs.next()) {
    const frame_format& f = pair->reference.format;
    report.begin({pairs.channels(), pairs.pixel_format(), peak_of(f), {f.width, f.height}});
    report.add(compare(*pair));
  }
  if (report.pictures() == 0) throw failure(fault::input, "there is no picture to compare");
  report.finish();
  if (std::fflush(stdout) != 0) throw failure(fault::output, "cannot write to standard output");
  if (const std::string damage = pairs.damage(); !damage.empty()) throw failure(fault::input, damage);
  const bool whole = same_length(a, pairs, report.pictures());
  const bool near = reaches("PSNR", report.total().psnr, "--min-psnr", a.min_psnr);
  const bool alike = reaches("SSIM", report.total().ssim, "--min-ssim", a.min_ssim);
  const bool asked = a.min_psnr || a.min_ssim;
  return near && alike && (whole || !asked) ? 0 : static_cast<int>(fault::negative);
}

}  // namespace fluxel::cli
