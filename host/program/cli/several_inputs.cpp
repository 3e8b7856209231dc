// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/several_inputs.hpp"

#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "host/program/cli/failures.hpp"
#include "host/program/cli/json.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/progress.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

namespace fs = std::filesystem;
using video::failure;
using video::fault;

constexpr auto usual_name = "{name}.{ext}";

/// A pattern with what it stands for put in.
std::string filled(const std::string& pattern, const std::map<std::string, std::string>& values) {
  std::string out;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t end = pattern[at] == '{' ? pattern.find('}', at) : std::string::npos;
    if (end == std::string::npos) {
      out += pattern[at++];
      continue;
    }
    const auto found = values.find(pattern.substr(at + 1, end - at - 1));
    if (found == values.end())
      throw failure(fault::usage, "--output-name " + pattern + ": " + pattern.substr(at, end - at + 1) +
                                      " is unknown; there are {name}, {ext} and {number}");
    out += found->second;
    at = end + 1;
  }
  return out;
}

std::string output_of(const video_arguments& a, const std::string& input, std::size_t number) {
  if (input == "-") throw failure(fault::usage, "--output-dir: standard input has no name to go by; use -o");
  const fs::path file = fs::path(input).filename();
  std::string ending = file.extension().string();
  if (!ending.empty()) ending.erase(0, 1);
  const std::string name =
      filled(a.output_name.empty() ? usual_name : a.output_name,
             {{"name", file.stem().string()}, {"ext", ending}, {"number", std::to_string(number)}});
  return (fs::path(a.output_dir) / name).string();
}

video_arguments single_job(const video_arguments& a) {
  if (!a.output_name.empty()) throw failure(fault::usage, "--output-name goes with --output-dir");
  if (a.more.size() > 1)
    throw failure(fault::usage, a.more[1] + ": is one name too many; several inputs go with --output-dir");
  if (!a.more.empty() && !a.output.empty())
    throw failure(fault::usage, a.more[0] + ": the output is named by -o already");
  video_arguments job = a;
  if (!a.more.empty()) job.output = a.more[0];
  return job;
}

void make_folder(const std::string& name) {
  std::error_code status;
  fs::create_directories(name, status);
  if (!fs::is_directory(name, status))
    throw failure(fault::output, "--output-dir " + name + ": cannot be made" +
                                     (status ? ": " + status.message() : std::string(": there is such a file")));
}

}  // namespace

std::vector<video_arguments> jobs_of(const video_arguments& a) {
  if (a.output_dir.empty()) return {single_job(a)};
  if (!a.output.empty()) throw failure(fault::usage, "--output-dir and -o both name an output");
  if (!a.frame_md5.empty()) throw failure(fault::usage, "--frame-md5 goes with one input");
  std::vector<std::string> inputs = {a.input};
  inputs.insert(inputs.end(), a.more.begin(), a.more.end());
  std::vector<video_arguments> jobs;
  std::map<std::string, std::string> taken;
  for (const std::string& input : inputs) {
    video_arguments& job = jobs.emplace_back(a);
    job.input = input;
    job.output = output_of(a, input, jobs.size());
    if (const auto [other, is_new] = taken.emplace(job.output, input); !is_new)
      throw failure(fault::usage, other->second + " and " + input + " would both be written as " + job.output +
                                      "; tell them apart with --output-name, for example '{number}-{name}.{ext}'");
  }
  // What is wrong with the options is said once.
  input_options_of(jobs.front());
  output_options_of(jobs.front());
  read_progress(a.progress, a.quiet);
  make_folder(a.output_dir);
  return jobs;
}

int run_each(const std::vector<video_arguments>& jobs, const std::function<int(const video_arguments&)>& run) {
  if (jobs.size() == 1) return run(jobs.front());
  int first_failure = 0;
  std::size_t failures = 0;
  for (const video_arguments& job : jobs) try {
      run(job);
    } catch (...) {
      const told_failure f = current_failure();
      const bool named = f.message.find(job.input) != std::string::npos;
      std::fprintf(stderr, "fluxel: %s%s\n", named ? "" : (job.input + ": ").c_str(), f.message.c_str());
      json_object object;
      object.add("input", job.input).add("output", job.output).add("error", f.message);
      if (job.json) std::printf("%s\n", object.add("exit_status", f.exit_status).text().c_str());
      if (first_failure == 0) first_failure = f.exit_status;
      ++failures;
    }
  if (failures > 0) std::fprintf(stderr, "fluxel: %zu of %zu failed\n", failures, jobs.size());
  return first_failure;
}

}  // namespace fluxel::cli
