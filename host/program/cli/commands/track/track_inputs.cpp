// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/track/track_inputs.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>

#include "host/program/cli/options/numbers.hpp"
#include "host/program/flow_files/flow_mask.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/plain_picture.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;
using video::plain_picture;

constexpr auto blanks = " \t\r";

std::string trimmed(const std::string& text) {
  const auto from = text.find_first_not_of(blanks);
  return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

/// The fields between commas, empty ones too.
std::vector<std::string> fields_of(const std::string& text) {
  std::vector<std::string> out;
  std::size_t from = 0;
  for (std::size_t comma; (comma = text.find(',', from)) != std::string::npos; from = comma + 1)
    out.push_back(trimmed(text.substr(from, comma - from)));
  out.push_back(trimmed(text.substr(from)));
  return out;
}

std::string unquoted(const std::string& text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

/// What stands between blanks, or one comma with blanks around it.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out;
  for (const std::string& field : fields_of(text)) {
    std::size_t from = 0;
    while ((from = field.find_first_not_of(blanks, from)) != std::string::npos) {
      const auto to = std::min(field.find_first_of(blanks, from), field.size());
      out.push_back(field.substr(from, to - from));
      from = to;
    }
  }
  return out;
}

bool is_heading(const std::vector<std::string>& fields) {
  return std::find(fields.begin(), fields.end(), "x") != fields.end();
}

std::string text_of(size s) { return std::to_string(s.width) + 'x' + std::to_string(s.height); }

plain_picture read_corner_mask(const std::string& option, const std::string& file) {
  try {
    return video::read_picture(file);
  } catch (const failure& e) {
    throw failure(e.fault(), option + ": " + e.what());
  }
}

}  // namespace

start_points::start_points(const std::string& file) : file_(file) {
  std::ifstream in(file);
  if (!in) throw failure(fault::input, "--points " + file + ": cannot be read: " + std::strerror(errno));
  std::optional<std::vector<std::string>> names;
  std::string text;
  bool first = true;
  for (int line = 1; std::getline(in, text); ++line) {
    text = trimmed(text.substr(0, text.find('#')));
    if (text.empty()) continue;
    if (std::exchange(first, false) && is_heading(fields_of(text)))
      names = fields_of(text);
    else if (names)
      read_row(*names, fields_of(text), line);
    else if (text.front() == '{')
      read_object(text, line);
    else
      read_pair(text, line);
  }
  if (in.bad()) throw failure(fault::input, "--points " + file + ": cannot be read: " + std::strerror(errno));
  if (entries_.empty()) throw failure(fault::input, "--points " + file + ": has no points");
  check_ids();
}

std::string start_points::at(int line) const { return "--points " + file_ + ':' + std::to_string(line) + ": "; }

void start_points::read_pair(const std::string& text, int line) {
  const std::vector<std::string> words = words_of(text);
  const auto x = words.size() == 2 ? read_number(words[0]) : std::nullopt;
  const auto y = words.size() == 2 ? read_number(words[1]) : std::nullopt;
  if (!x || !y) throw failure(fault::input, at(line) + "\"" + text + "\" is not two numbers, x and y");
  entries_.push_back({{int(entries_.size()), {float(*x), float(*y)}}, line});
}

/// An object of numbers and words, as track_list writes it: nothing in it holds a comma or a colon.
void start_points::read_object(const std::string& text, int line) {
  std::vector<std::string> names, values;
  for (const std::string& member : fields_of(text.substr(1, text.find('}') - 1))) {
    const auto colon = member.find(':');
    if (text.back() != '}' || colon == std::string::npos)
      throw failure(fault::input, at(line) + "is not an object as fluxel track writes it");
    names.push_back(unquoted(trimmed(member.substr(0, colon))));
    values.push_back(unquoted(trimmed(member.substr(colon + 1))));
  }
  if (!is_heading(names)) throw failure(fault::input, at(line) + "has no x");
  read_row(names, values, line);
}

void start_points::read_row(const std::vector<std::string>& names, const std::vector<std::string>& fields, int line) {
  if (fields.size() != names.size())
    throw failure(fault::input, at(line) + "has " + std::to_string(fields.size()) + " columns, and the heading " +
                                    std::to_string(names.size()));
  const auto field = [&](const char* name) -> const std::string* {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? nullptr : &fields[found - names.begin()];
  };
  if (const std::string* frame = field("frame")) {
    if (first_frame_.empty()) first_frame_ = *frame;
    if (*frame != first_frame_) return;
  }
  if (const std::string* status = field("status"); status && *status != "new" && *status != "tracked") return;
  const std::string *x = field("x"), *y = field("y"), *id = field("id");
  if (!y) throw failure(fault::input, at(line) + "has no y");
  const auto px = read_number(*x), py = read_number(*y);
  if (!px || !py) throw failure(fault::input, at(line) + '"' + (px ? *y : *x) + "\" is not a number");
  constexpr int largest = 1 << 30;  // new corners count on from there
  const auto number = id ? read_whole(*id) : int(entries_.size());
  if (!number || *number < 0 || *number > largest)
    throw failure(fault::input, at(line) + '"' + (id ? *id : "") + "\" is not an id: 0, 1, 2 ... 2^30");
  entries_.push_back({{*number, {float(*px), float(*py)}}, line});
}

void start_points::check_ids() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const entry& a, const entry& b) { return a.point.id < b.point.id; });
  for (std::size_t i = 1; i < entries_.size(); ++i)
    if (entries_[i].point.id == entries_[i - 1].point.id)
      throw failure(fault::input, at(entries_[i].line) + "the id " + std::to_string(entries_[i].point.id) +
                                      " is also that of line " + std::to_string(entries_[i - 1].line));
}

void start_points::check(size pictures) const {
  for (const entry& e : entries_) {
    const point& p = e.point.at;
    if (!(p.x >= 0 && p.y >= 0 && p.x <= float(pictures.width - 1) && p.y <= float(pictures.height - 1)))
      throw failure(fault::input, at(e.line) + "the point lies outside the pictures of " + text_of(pictures) +
                                      ": x goes from 0 to " + std::to_string(pictures.width - 1) + ", y from 0 to " +
                                      std::to_string(pictures.height - 1));
  }
}

std::vector<numbered_point> start_points::take() const {
  std::vector<numbered_point> out;
  for (const entry& e : entries_) out.push_back(e.point);
  return out;
}

picture_mask::picture_mask(const char* option, const std::string& file) : option_(option), file_(file) {
  const plain_picture p = read_corner_mask(option_, file);
  size_ = {p.width, p.height};
  places_ = video::mask_of(p);
}

void picture_mask::check(size pictures) const {
  if (size_ != pictures)
    throw failure(fault::input,
                  option_ + ' ' + file_ + ": is " + text_of(size_) + ", and the pictures are " + text_of(pictures));
}

}  // namespace fluxel::cli
