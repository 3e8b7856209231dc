// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/version.hpp"
#include "host/program/cli/commands/commands.hpp"
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

}  // namespace

int info() {
  std::cout << "fluxel   " << version() << "\nbuild    " << build_description() << "\nFFmpeg   "
            << video::ffmpeg_version() << "\nCPU      " << describe_cpu() << '\n';
  const int count = device_count();
  if (count == 0) std::cout << "CUDA     none: " << no_device_reason() << '\n';
  for (int i = 0; i < count; ++i) {
    const device_info d = describe_device(i);
    std::cout << "cuda:" << i << "   " << d.name << ", compute capability " << d.compute_capability / 10 << '.'
              << d.compute_capability % 10 << ", " << (d.memory_bytes >> 20) << " MiB\n";
  }
  std::cout << "bytes revisions\n";
  for (const bytes_revision& r : bytes_revisions()) std::cout << "  " << r.operation << ' ' << r.revision << '\n';
  std::cout.flush();
  if (!std::cout) return 5;
  return 0;
}

}  // namespace fluxel::cli
