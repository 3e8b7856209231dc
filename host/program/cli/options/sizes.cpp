// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/sizes.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "host/program/cli/options/choice.hpp"
#include "host/program/cli/options/numbers.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

constexpr int largest_step = 64;    // -n asks for a multiple of n
constexpr int largest_factor = 64;  // of --size 2x; 640x is a width whose height was forgotten

[[noreturn]] void refuse_size(const std::string& text, const std::string& why) {
  throw failure(fault::usage, "--size " + text + ": " + why);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

/// The number before an ending: 720 of "720p".
std::optional<double> before(const std::string& text, char ending) {
  if (text.empty() || text.back() != ending) return std::nullopt;
  return read_number(text.substr(0, text.size() - 1));
}

/// "720p", "4k", "50%", "2x". @returns whether it was one of them.
bool read_word(const std::string& text, size_request& request) {
  const std::string word = lower(text);
  if (word == "4k" || word == "8k") {
    request.shorter = word == "4k" ? 2160 : 4320;
    return true;
  }
  if (const auto p = before(word, 'p')) {
    if (*p != int(*p) || *p < 1 || *p > largest_side) refuse_size(text, "write 720p or 1080p");
    request.shorter = int(*p);
    return true;
  }
  const auto percent = before(word, '%'), times = before(word, 'x');
  if (!percent && !times) return false;
  if (times && *times > largest_factor)
    refuse_size(text, "a factor goes up to " + std::to_string(largest_factor) + "x; a width alone is " + text + "-1");
  request.scale = percent ? *percent / 100 : *times;
  if (request.scale <= 0) refuse_size(text, "a factor is above 0");
  return true;
}

size sides_of(const std::string& text) {
  const auto x = text.find_first_of("xX:");
  const auto width = x == std::string::npos ? std::nullopt : read_whole(text.substr(0, x));
  const auto height = x == std::string::npos ? std::nullopt : read_whole(text.substr(x + 1));
  if (width && height) return {*width, *height};
  // FFmpeg's names; its 4k, which is wider, was taken above.
  if (const auto named = video::parse_size_name(lower(text))) return {named->first, named->second};
  refuse_size(text, "write WIDTHxHEIGHT, for example 1280x720 or 1280x-2; or 720p, 4k, hd720, 50%, 2x");
}

}  // namespace

void read_size(const std::string& text, size_request& request) {
  if (read_word(text, request)) return;
  const size s = request.displayed = sides_of(text);
  if (s.width == 0 || s.height == 0) refuse_size(text, "a side cannot be 0; -1 chooses the one that keeps the shape");
  if (s.width < 0 && s.height < 0) refuse_size(text, "at least one side has to be given");
  if (s.width > largest_side || s.height > largest_side)
    refuse_size(text, "sides go up to " + std::to_string(largest_side));
  if (s.width < -largest_step || s.height < -largest_step)
    refuse_size(text, "-n keeps the shape and is a multiple of n, up to " + std::to_string(largest_step));
}

double read_factor(const std::string& text) {
  const auto factor = read_quotient(text);
  if (!factor || *factor <= 0)
    throw failure(fault::usage, "--scale " + text + ": write a factor above 0, for example 0.5 or 2/3");
  return *factor;
}

fit read_fit(const std::string& text) {
  if (text.empty()) return fit::stretch;
  return choose<fit>(
      "--fit", text,
      {{"stretch", fit::stretch}, {"contain", fit::contain}, {"cover", fit::cover}, {"pad", fit::pad}});
}

crop_request read_crop(const std::string& text) {
  const auto x = text.find_first_of("xX"), plus = text.find('+');
  const auto second = plus == std::string::npos ? plus : text.find('+', plus + 1);
  const auto part = [&](std::size_t from, std::size_t to) { return read_number(text.substr(from, to - from)); };
  crop_request crop;
  std::optional<double> width, height;
  if (x != std::string::npos) width = part(0, x), height = part(x + 1, std::min(plus, text.size()));
  if (second != std::string::npos) crop.left = part(plus + 1, second), crop.top = part(second + 1, text.size());
  if (!width || !height || *width <= 0 || *height <= 0 || (plus != std::string::npos && (!crop.left || !crop.top)))
    throw failure(fault::usage,
                  "--crop " + text + ": write WxH+X+Y, for example 640x360+12+40, or WxH for the middle");
  crop.width = *width, crop.height = *height;
  return crop;
}

}  // namespace fluxel::cli
