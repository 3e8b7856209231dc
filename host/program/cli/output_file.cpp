// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <random>
#include <vector>

#include "host/program/video/failure.hpp"
#include "host/program/video/input/sequence.hpp"

namespace fluxel::cli {

namespace {

namespace fs = std::filesystem;
using video::failure;
using video::fault;
using video::output_kind;

[[noreturn]] void cannot_write(const std::string& name, const std::string& reason) {
  throw failure(fault::output, "cannot write " + name + ": " + reason);
}

/// A name beside `file` that keeps its ending, by which FFmpeg may choose.
std::string name_beside(const fs::path& file) {
  static std::random_device random;
  char text[16];
  std::snprintf(text, sizeof text, "%08x", unsigned(random()));
  return (file.parent_path() / (".fluxel-" + std::string(text) + '-' + file.filename().string())).string();
}

/// What a run that was killed left beside this file: no run lasts a day without writing.
void remove_stale(const fs::path& file) {
  constexpr auto stale_after = std::chrono::hours(24);
  constexpr std::size_t random_digits = 8;
  const std::string start = ".fluxel-", end = '-' + file.filename().string();
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(file.has_parent_path() ? file.parent_path() : ".", none)) {
    const std::string name = entry.path().filename().string();
    if (name.size() != start.size() + random_digits + end.size() || name.rfind(start, 0) != 0 || !name.ends_with(end))
      continue;
    struct stat of {};
    if (lstat(entry.path().c_str(), &of) != 0 || of.st_uid != geteuid()) continue;
    if (fs::file_time_type::clock::now() - fs::last_write_time(entry.path(), none) > stale_after)
      fs::remove_all(entry.path(), none);
  }
}

/// Follows symlinks, also one that points to a file that does not exist yet.
fs::path followed(fs::path path) {
  for (int links = 0; links < 40 && fs::is_symlink(path); ++links) {
    const fs::path to = fs::read_symlink(path);
    path = to.is_absolute() ? to : path.parent_path() / to;
  }
  return path;
}

bool user_agrees(const std::string& name) {
  if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) return false;
  std::cerr << name << " exists. Replace it? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return !answer.empty() && (answer[0] == 'y' || answer[0] == 'Y');
}

void allow_replacing(const std::string& name, if_exists rule) {
  if (rule == if_exists::replace || (rule == if_exists::ask && user_agrees(name))) return;
  throw failure(fault::output, name + " exists and is kept" + (rule == if_exists::keep ? "" : "; -y replaces it"));
}

}  // namespace

bool same_file(const std::string& a, const std::string& b) {
  std::error_code none;
  return fs::equivalent(a, b, none);
}

output_file::output_file(const std::string& name, if_exists rule) : name_(name), rule_(rule) {
  std::error_code status;
  const auto type = name == "-" ? fs::file_type::fifo : fs::status(name, status).type();
  if (type == fs::file_type::directory) cannot_write(name, "it is a folder; name a file in it");
  const bool exists = type != fs::file_type::not_found && type != fs::file_type::none;
  if (exists && type != fs::file_type::regular) {
    kind_ = output_kind::stream;
    path_ = name;
  } else if (!exists && video::sequence_name::parse(name)) {
    prepare_sequence(name, rule);
  } else if (video::writes_several_files(name)) {
    prepare_folder(name, rule);
  } else {
    prepare_file(name, rule);
  }
}

output_file::output_file(const std::string& folder) : name_(folder), rule_(if_exists::keep) {
  fs::path target = followed(fs::path(folder).lexically_normal());
  if (!target.has_filename()) target = target.parent_path();  // "scene/"
  std::error_code none;
  const auto type = fs::status(target, none).type();
  const bool exists = type != fs::file_type::not_found && type != fs::file_type::none;
  if (exists && !(type == fs::file_type::directory && fs::is_empty(target, none)))
    cannot_write(folder, "it exists; name a new folder");
  kind_ = output_kind::folder;
  whole_folder_ = true;
  target_ = target.string();
  make_folder(target_);
  path_ = temporary_;
}

void output_file::prepare_file(const std::string& name, if_exists rule) {
  const fs::path target = followed(name);
  target_ = target.string();
  struct stat old {};
  const bool exists = stat(target_.c_str(), &old) == 0;
  if (exists) allow_replacing(name, rule);
  if (exists && access(target_.c_str(), W_OK) != 0) cannot_write(name, std::strerror(errno));
  remove_stale(target);
  path_ = name_beside(target);
  const int file = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) cannot_write(name, std::strerror(errno));
  temporary_ = path_;
  if (exists) static_cast<void>(fchmod(file, old.st_mode & 07777));
  close(file);
}

void output_file::prepare_sequence(const std::string& name, if_exists rule) {
  kind_ = output_kind::sequence;
  const auto sequence = video::sequence_name::parse(name);
  if (const auto numbers = sequence->existing(); !numbers.empty())
    allow_replacing(sequence->file(numbers.front()), rule);
  make_folder((fs::path(sequence->folder()) / "frames").string());
}

void output_file::prepare_folder(const std::string& name, if_exists rule) {
  kind_ = output_kind::folder;
  if (fs::exists(name)) allow_replacing(name, rule);
  make_folder(name);
}

/// The files are written under their own names into a folder of their own: playlists name their segments.
void output_file::make_folder(const std::string& beside) {
  remove_stale(beside);
  const fs::path folder = name_beside(beside);
  std::error_code status;
  if (!fs::create_directory(folder, status)) cannot_write(name_, status.message());
  temporary_ = folder.string();
  path_ = (folder / fs::path(name_).filename()).string();
}

void output_file::commit() {
  if (kind_ == output_kind::stream) return;
  if (whole_folder_) {
    std::error_code status;
    fs::rename(temporary_, target_, status);
    if (status) cannot_write(name_, status.message());
    temporary_.clear();
    return;
  }
  if (kind_ == output_kind::sequence || kind_ == output_kind::folder) return commit_folder();
  // Someone may have made the file in the meantime.
  if (rule_ == if_exists::keep && fs::exists(target_))
    cannot_write(name_, "it was made by someone else in the meantime");
  std::error_code status;
  fs::rename(temporary_, target_, status);
  if (status) cannot_write(name_, status.message());
  temporary_.clear();
}

void output_file::commit_folder() {
  const fs::path folder = fs::path(name_).parent_path(), own = fs::path(name_).filename();
  std::vector<fs::path> names;
  for (const auto& file : fs::directory_iterator(temporary_)) names.push_back(file.path().filename());
  // A playlist comes last: it names the others.
  std::stable_partition(names.begin(), names.end(), [&](const fs::path& name) { return name != own; });
  if (kind_ == output_kind::folder)
    for (const fs::path& name : names)
      if (name != own && fs::exists(folder / name)) allow_replacing((folder / name).string(), rule_);
  for (const fs::path& name : names) {
    std::error_code status;
    fs::rename(fs::path(temporary_) / name, folder / name, status);
    if (status) cannot_write((folder / name).string(), status.message());
  }
  remove();
}

void output_file::remove() noexcept {
  std::error_code none;
  if (!temporary_.empty()) fs::remove_all(temporary_, none);
  temporary_.clear();
}

}  // namespace fluxel::cli
