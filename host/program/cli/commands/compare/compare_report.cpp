// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/compare/compare_report.hpp"

#include <cmath>
#include <cstdio>

#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

constexpr const char* columns[] = {"mse", "psnr", "snr", "ssim"};

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string exact(double value) { return number("%.9g", value); }

/// JSON has no infinite numbers.
std::string json_number(double value) {
  return std::isnan(value) ? "null" : std::isinf(value) ? value > 0 ? "\"inf\"" : "\"-inf\"" : exact(value);
}

}  // namespace

void comparison_report::begin(const compared_format& format) {
  if (pictures_ > 0 && !(format == format_))
    throw video::failure(video::fault::input, "the reference changes its size or pixel format between pictures");
  if (pictures_ > 0) return;
  format_ = format;
  sums_.assign(format.channels.size(), {});
  if (kind_ == report_kind::json)
    std::printf("{\"width\": %d, \"height\": %d, \"pixel_format\": \"%s\", \"peak\": %s, \"frames\": [",
                format.picture.width, format.picture.height, format.pixel_format.c_str(), exact(format.peak).c_str());
  if (kind_ != report_kind::csv) return;
  std::printf("picture");
  for (const auto& row : rows())
    for (const char* column : columns) std::printf(",%s_%s", row.c_str(), column);
  std::printf("\n");
}

void comparison_report::add(const std::vector<comparison_sums>& picture) {
  for (std::size_t i = 0; i < picture.size(); ++i) {
    const comparison_sums both[] = {sums_[i], picture[i]};
    sums_[i] = pooled(both);
  }
  if (kind_ == report_kind::csv) {
    std::printf("%lld", static_cast<long long>(pictures_ + 1));
    print_csv(measured(picture));
  }
  if (kind_ == report_kind::json) std::printf("%s\n  %s", pictures_ > 0 ? "," : "", json(measured(picture)).c_str());
  ++pictures_;
}

void comparison_report::finish() {
  const auto m = measured(sums_);
  if (kind_ == report_kind::text) print_text(m);
  if (kind_ == report_kind::json)
    std::printf("\n], \"pictures\": %lld, \"overall\": %s}\n", static_cast<long long>(pictures_), json(m).c_str());
}

/// Of each channel, then of all: there errors are pooled, and similarities weighted by the number of pixels.
std::vector<channel_measures> comparison_report::measured(const std::vector<comparison_sums>& sums) const {
  std::vector<channel_measures> m;
  double similar = 0;
  for (const comparison_sums& s : sums) {
    m.push_back({mse(s), psnr(s, format_.peak), snr(s), ssim(s)});
    similar += m.back().ssim * static_cast<double>(s.pixels);
  }
  const comparison_sums all = pooled(sums);
  m.push_back({mse(all), psnr(all, format_.peak), snr(all), similar / static_cast<double>(all.pixels)});
  return m;
}

std::vector<std::string> comparison_report::rows() const {
  auto names = format_.channels;
  names.emplace_back("all");
  return names;
}

void comparison_report::print_csv(const std::vector<channel_measures>& m) const {
  for (const auto& c : m)
    std::printf(",%s,%s,%s,%s", exact(c.mse).c_str(), exact(c.psnr).c_str(), exact(c.snr).c_str(),
                std::isnan(c.ssim) ? "" : exact(c.ssim).c_str());
  std::printf("\n");
}

void comparison_report::print_text(const std::vector<channel_measures>& m) const {
  std::printf("       %12s %9s %9s %9s\n", "MSE", "PSNR dB", "SNR dB", "SSIM");
  const auto names = rows();
  for (std::size_t i = 0; i < m.size(); ++i)
    std::printf("%-6s %12s %9s %9s %9s\n", names[i].c_str(), number("%.5g", m[i].mse).c_str(),
                number("%.3f", m[i].psnr).c_str(), number("%.3f", m[i].snr).c_str(),
                std::isnan(m[i].ssim) ? "-" : number("%.6f", m[i].ssim).c_str());
  std::printf("%lld %s of %dx%d, %s\n", static_cast<long long>(pictures_), pictures_ == 1 ? "picture" : "pictures",
              format_.picture.width, format_.picture.height, format_.pixel_format.c_str());
}

std::string comparison_report::json(const std::vector<channel_measures>& m) const {
  const auto names = rows();
  std::string text = "{";
  for (std::size_t i = 0; i < m.size(); ++i) {
    const double values[] = {m[i].mse, m[i].psnr, m[i].snr, m[i].ssim};
    text += (i > 0 ? ", \"" : "\"") + names[i] + "\": {";
    for (int k = 0; k < 4; ++k)
      text += std::string(k > 0 ? ", \"" : "\"") + columns[k] + "\": " + json_number(values[k]);
    text += "}";
  }
  return text + "}";
}

}  // namespace fluxel::cli
