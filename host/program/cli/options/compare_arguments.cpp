// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/compare_arguments.hpp"

#include <memory>

#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/option_groups.hpp"

namespace fluxel::cli {

namespace {

constexpr auto compare_notes = R"(Examples:
  fluxel compare encoded.mp4 original.mp4             MSE, PSNR, SNR and SSIM of every channel
  fluxel compare a.png b.jpg --min-psnr 40            exit status 1 where it is less alike
  fluxel compare a.mp4 b.mp4 --csv > pictures.csv     a line for each picture
  fluxel compare estimate.flo true.flo --max-epe 0.5

Pictures and videos are compared picture by picture, in their order, in the pixel format of the reference, as stored:
  MSE      mean of (ESTIMATE - REFERENCE)^2, in values of that format
  PSNR     10 log10(peak^2 / MSE), dB; the peak of 8 bits is 255, also of limited range. inf for equal pictures
  SNR      10 log10(sum of REFERENCE^2 / sum of squared errors), dB
  SSIM     structural similarity, 1 for equal pictures: 11 x 11 Gaussian windows of sigma 1.5 at every pixel where they
           lie inside, K1 = 0.01, K2 = 0.03. --ssim blocks: 8 x 8 windows at every fourth pixel, as ffmpeg's ssim filter
  all      the same over all channels: errors are pooled, and SSIM is weighted, by the number of pixels
Of a video, errors of all pictures are pooled before the logarithm is taken (ffmpeg's psnr filter calls that "average"),
and SSIM is the mean. In JSON infinite values are the string "inf", and SSIM that there is not is null.

Flow, over the vectors where both are known:
  EPE      mean length of the difference between the vectors, px
  AAE      mean angle between (u, v, 1) of both, degrees
  R0.5     share of the pixels whose difference is longer than 0.5 px; R1 and R2: 1 and 2 px
  A95      the length that 95 % of the differences do not exceed, px
  density  share of the pixels of known truth that have an estimate
A component above 1e9, or NaN, is unknown, in KITTI's and .exr files a pixel whose third channel is 0.

Exit status: 0 done; 1 a threshold is missed; 2 wrong usage; 3 an input; 4 the device; 70 a defect.)";

}  // namespace

std::pair<CLI::App*, std::function<int()>> add_compare_command(CLI::App& app) {
  const auto a = std::make_shared<compare_arguments>();
  CLI::App* sub = app.add_subcommand("compare", "Measure how near pictures, videos or flows are to a reference");
  sub->footer(compare_notes);
  sub->add_option("ESTIMATE", a->estimate,
                  "Picture, video, sequence, or flow (.flo, .npy, .exr, KITTI's\n16-bit .png)")
      ->required()
      ->type_name("");
  sub->add_option("REFERENCE", a->reference, "What it should be, of the same kind")->required()->type_name("");
  auto* json = sub->add_flag("--json", a->json, "Print one JSON object; shares are from 0 to 1");
  sub->add_flag("--csv", a->csv, "Print a line for each picture")->excludes(json);
  sub->add_option("--as", a->kind,
                  "flow or pictures (default: flow for .flo and .npy, and for .png\nand .exr of flow)")
      ->type_name("KIND");
  const auto pictures = "Pictures and videos";
  sub->add_option("--min-psnr", a->min_psnr, "Exit with 1 when the PSNR of all is below")
      ->type_name("DB")
      ->group(pictures);
  sub->add_option("--min-ssim", a->min_ssim, "Exit with 1 when the SSIM of all is below")
      ->type_name("X")
      ->group(pictures);
  sub->add_option("--ssim", a->ssim, "Windows: gaussian (default), blocks; or none: not measured")
      ->type_name("KIND")
      ->group(pictures);
  const auto flows = "Flow";
  sub->add_option("--max-epe", a->max_endpoint, "Exit with 1 when EPE is above")->type_name("PX")->group(flows);
  sub->add_option("--max-aae", a->max_angular, "Exit with 1 when AAE is above")->type_name("DEG")->group(flows);
  add_running(*sub, a->device);
  return {sub, [a] { return compare(*a); }};
}

}  // namespace fluxel::cli
