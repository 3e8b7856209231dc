// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/version.hpp"
#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/device_start.hpp"
#include "host/program/cli/json.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::cli {

namespace {

std::string describe_cpu() {
  std::string all;
  for (const std::string& target : cpu_targets()) all += " " + target;
  try {
    return cpu_target() + " (of" + all + ")";
  } catch (const fluxel::error& e) {
    return std::string("none: ") + e.what();
  }
}

json_object describe_cpu_as_json() {
  json_object o;
  o.add("targets", cpu_targets());
  try {
    return o.add("target", cpu_target());
  } catch (const fluxel::error& e) {
    return o.add("error", e.what());
  }
}

/// Of the device that is used without a number, as a command waits for it.
std::optional<double> start_seconds() {
  begin_device(-1, "");
  return device_start_seconds();
}

json_object describe_all() {
  const auto started = start_seconds();
  json_object o;
  o.add("fluxel", version()).add("build", build_description()).add("ffmpeg", video::ffmpeg_version());
  o.add("cpu", describe_cpu_as_json());
  std::vector<json_object> devices;
  for (int i = 0; i < device_count(); ++i) {
    const device_info d = describe_device(i);
    devices.push_back(json_object()
                          .add("index", i)
                          .add("name", d.name)
                          .add("compute_capability", d.compute_capability)
                          .add("memory_bytes", std::int64_t(d.memory_bytes)));
  }
  o.add("cuda", devices);
  if (started) o.add("device_start_seconds", *started);
  if (devices.empty()) o.add("no_cuda_because", no_device_reason());
  json_object revisions;
  for (const bytes_revision& r : bytes_revisions()) revisions.add(r.operation, r.revision);
  return o.add("bytes_revisions", revisions);
}

}  // namespace

int info(bool json) {
  if (json) {
    std::cout << describe_all().text() << std::endl;
    return std::cout ? 0 : 5;
  }
  std::cout << "fluxel   " << version() << "\nbuild    " << build_description() << "\nFFmpeg   "
            << video::ffmpeg_version() << "\nCPU      " << describe_cpu() << '\n';
  const auto started = start_seconds();
  const int count = device_count();
  if (count == 0) std::cout << "CUDA     none: " << no_device_reason() << '\n';
  for (int i = 0; i < count; ++i) {
    const device_info d = describe_device(i);
    std::cout << "cuda:" << i << "   " << d.name << ", compute capability " << d.compute_capability / 10 << '.'
              << d.compute_capability % 10 << ", " << (d.memory_bytes >> 20) << " MiB\n";
  }
  if (started)
    std::cout << "start    " << std::fixed << std::setprecision(2) << *started << " s until CUDA is ready\n";
  std::cout << "bytes revisions\n";
  for (const bytes_revision& r : bytes_revisions()) std::cout << "  " << r.operation << ' ' << r.revision << '\n';
  std::cout.flush();
  if (!std::cout) return 5;
  return 0;
}

}  // namespace fluxel::cli
