// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/machine.hpp"

#include <sys/utsname.h>

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <thread>

namespace fluxel::cli {

namespace {

/// What follows "KEY : " in the first line of a file that has it.
std::string value_in(const char* file, const std::string& key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(key, 0) != 0) continue;
    const auto from = line.find_first_not_of(" \t:", key.size());
    return from == std::string::npos ? "" : line.substr(from);
  }
  return "";
}

std::string features_among(const std::string& flags) {
  std::istringstream in(flags);
  const std::set<std::string> all{std::istream_iterator<std::string>(in), {}};
  std::string text;
  for (const char* name : {"sse4_1", "avx2", "fma", "f16c", "avx512f", "avx512bw", "avx512dq", "avx512vl",
                           "avx512_vnni", "avx512vbmi", "avx512_vbmi2", "gfni", "asimd", "fphp", "asimdhp"})
    if (all.count(name) != 0) text.append(text.empty() ? "" : " ").append(name);
  return text;
}

/// From "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 ...": the first word with digits and
/// points alone.
std::string version_among(const std::string& words) {
  std::istringstream in(words);
  for (std::string word; in >> word;)
    if (word.find('.') != std::string::npos && word.find_first_not_of("0123456789.") == std::string::npos)
      return word;
  return "";
}

}  // namespace

machine_description describe_machine() {
  machine_description m;
  utsname system{};
  if (uname(&system) == 0) m.system = std::string(system.sysname) + " " + system.release + " " + system.machine;
  m.processor = value_in("/proc/cpuinfo", "model name");
  std::string flags = value_in("/proc/cpuinfo", "flags");
  if (flags.empty()) flags = value_in("/proc/cpuinfo", "Features");  // AArch64
  m.features = features_among(flags);
  m.threads = static_cast<int>(std::thread::hardware_concurrency());
  m.gpu_driver = version_among(value_in("/proc/driver/nvidia/version", "NVRM version"));
  return m;
}

}  // namespace fluxel::cli
