// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/flow_files/flow_file.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

bool is_named_flow(const std::string& name) { return has_ending(name, ".flo") || has_ending(name, ".npy"); }

bool is_flow(const std::string& name) {
  return is_named_flow(name) || (has_ending(name, ".png") && video::is_kitti_flow(name)) ||
         (has_ending(name, ".exr") && video::is_exr_flow(name));
}

/// What the thresholds ask for, or else the files.
bool compares_flow(const compare_arguments& a) {
  const bool of_flow = a.max_endpoint || a.max_angular, of_pictures = a.min_psnr || a.min_ssim;
  if (!a.kind.empty() && a.kind != "flow" && a.kind != "pictures")
    throw failure(fault::usage, "--as " + a.kind + ": choose flow or pictures");
  if (of_flow && (of_pictures || a.kind == "pictures"))
    throw failure(fault::usage, "--max-epe and --max-aae are for flow");
  if (of_pictures && a.kind == "flow") throw failure(fault::usage, "--min-psnr and --min-ssim are for pictures");
  const bool named_flow = is_named_flow(a.estimate) || is_named_flow(a.reference);
  if (named_flow && of_pictures)
    throw failure(fault::usage, "--min-psnr and --min-ssim are for pictures, not for .flo and .npy");
  if (of_flow || of_pictures || !a.kind.empty()) return of_flow || a.kind == "flow";
  return named_flow || (is_flow(a.estimate) && is_flow(a.reference));
}

}  // namespace

int compare(const compare_arguments& a) { return compares_flow(a) ? compare_flow(a) : compare_pictures(a); }

}  // namespace fluxel::cli
