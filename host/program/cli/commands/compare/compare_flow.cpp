// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "host/program/cli/options/compare_arguments.hpp"
#include "host/program/flow_files/flow_file.hpp"
#include "host/program/flow_files/flow_metrics.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;
using video::flow_field;
using video::flow_metrics;

std::string size_text(const flow_field& f) { return std::to_string(f.width) + 'x' + std::to_string(f.height); }

void print_text(const flow_metrics& m) {
  std::printf(
      "EPE      %.4f px\nAAE      %.3f deg\nR0.5     %.2f %%\nR1       %.2f %%\nR2       %.2f %%\nA95      %.3f px\n"
      "density  %.2f %% (%lld pixels compared)\n",
      m.endpoint, m.angular, 100 * m.over_half, 100 * m.over_1, 100 * m.over_2, m.within_95, 100 * m.density,
      static_cast<long long>(m.pixels));
}

void print_json(const flow_metrics& m) {
  std::printf(
      "{\"epe\": %.9g, \"aae\": %.9g, \"r0.5\": %.9g, \"r1\": %.9g, \"r2\": %.9g, \"a95\": %.9g, \"density\": %.9g, "
      "\"pixels\": %lld}\n",
      m.endpoint, m.angular, m.over_half, m.over_1, m.over_2, m.within_95, m.density,
      static_cast<long long>(m.pixels));
}

void print_csv(const flow_metrics& m) {
  std::printf("epe,aae,r0.5,r1,r2,a95,density,pixels\n%.9g,%.9g,%.9g,%.9g,%.9g,%.9g,%.9g,%lld\n", m.endpoint,
              m.angular, m.over_half, m.over_1, m.over_2, m.within_95, m.density, static_cast<long long>(m.pixels));
}

void check_threshold(const char* option, const std::optional<double>& value) {
  if (value && !(*value >= 0)) throw failure(fault::usage, std::string(option) + ": choose a number from 0");
}

/// @returns whether the value stays within its threshold; says so if not.
bool within(const char* what, double value, const char* option, const std::optional<double>& most) {
  if (!most || value <= *most) return true;
  std::fprintf(stderr, "fluxel: %s %.4f is above %s %g\n", what, value, option, *most);
  return false;
}

}  // namespace

int compare_flow(const compare_arguments& a) {
  check_threshold("--max-epe", a.max_endpoint);
  check_threshold("--max-aae", a.max_angular);
  const flow_field estimate = video::read_flow(a.estimate), truth = video::read_flow(a.reference);
  if (estimate.width != truth.width || estimate.height != truth.height)
    throw failure(fault::input, a.estimate + " is " + size_text(estimate) + " and " + a.reference + " is " +
                                    size_text(truth) + ": they have to have the same size");
  const flow_metrics m = video::measure(estimate, truth);
  if (m.pixels == 0) throw failure(fault::input, "no pixel is known in both " + a.estimate + " and " + a.reference);
  a.json ? print_json(m) : a.csv ? print_csv(m) : print_text(m);
  if (std::fflush(stdout) != 0) throw failure(fault::output, "cannot write to standard output");
  const bool endpoint = within("EPE", m.endpoint, "--max-epe", a.max_endpoint);
  const bool angular = within("AAE", m.angular, "--max-aae", a.max_angular);
  return endpoint && angular ? 0 : static_cast<int>(fault::negative);
}

}  // namespace fluxel::cli
