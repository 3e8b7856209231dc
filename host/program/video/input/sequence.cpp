// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/input/sequence.hpp"

#include <algorithm>
#include <filesystem>
#include <regex>

namespace fluxel::video {

namespace {

std::string doubled_percents(const std::string& text) {
  std::string out;
  for (const char c : text) out.append(c == '%' ? 2 : 1, c);
  return out;
}

}  // namespace

std::optional<sequence_name> sequence_name::parse(const std::string& name) {
  const auto slash = name.rfind('/') + 1;
  const std::string file = name.substr(slash);
  static const std::regex number("([^%]*)%(0[1-9])?d([^%]*)");
  std::smatch match;
  if (!std::regex_match(file, match, number)) return std::nullopt;
  sequence_name out;
  out.folder_ = name.substr(0, slash);
  out.prefix_ = match[1];
  out.suffix_ = match[3];
  out.digits_ = match[2].matched ? match[2].str()[1] - '0' : 0;
  return out;
}

std::string sequence_name::file(int number) const {
  std::string digits = std::to_string(number);
  if (int(digits.size()) < digits_) digits.insert(0, digits_ - digits.size(), '0');
  return folder_ + prefix_ + digits + suffix_;
}

std::optional<int> sequence_name::number_of(const std::string& file) const {
  if (file.size() <= prefix_.size() + suffix_.size()) return std::nullopt;
  const std::string digits = file.substr(prefix_.size(), file.size() - prefix_.size() - suffix_.size());
  if (digits.size() > 9 || !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  const int number = std::stoi(digits);
  if (folder_ + file != this->file(number)) return std::nullopt;
  return number;
}

std::vector<int> sequence_name::existing() const {
  std::vector<int> numbers;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.empty() ? "." : folder_, none))
    if (const auto number = number_of(entry.path().filename().string())) numbers.push_back(*number);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

bool sequence_name::contains(const std::string& path) const {
  namespace fs = std::filesystem;
  const fs::path file(path), folder = file.parent_path();
  std::error_code none;
  return fs::equivalent(folder.empty() ? "." : folder, folder_.empty() ? "." : folder_, none) &&
         number_of(file.filename().string()).has_value();
}

std::string sequence_name::ffmpeg_pattern(const std::string& folder) const {
  const std::string number = digits_ > 0 ? "%0" + std::to_string(digits_) + "d" : "%d";
  return doubled_percents(folder + prefix_) + number + doubled_percents(suffix_);
}

}  // namespace fluxel::video
