#include "host/cli/flow_arguments.hpp"

#include <memory>

#include "host/cli/commands.hpp"
#include "host/cli/option_groups.hpp"

namespace fluxel::cli {

namespace {

constexpr auto compare_notes = R"(What is printed, over the pixels where both are known:
  EPE      mean length of the difference between the vectors, px
  AAE      mean angle between (u, v, 1) of both, degrees
  R0.5     share of the pixels whose difference is longer than 0.5 px; R1 and R2: 1 and 2 px
  A95      the length that 95 % of the differences do not exceed, px
  density  share of the pixels of known truth that have an estimate

A component above 1e9, or NaN, is unknown, in KITTI files a pixel whose third channel is 0.

Exit status: 0 done; 1 an error above --max-epe or --max-aae; 2 wrong usage; 3 an input; 70 a defect.)";

command add_compare(CLI::App& app) {
  const auto a = std::make_shared<compare_arguments>();
  CLI::App* sub = app.add_subcommand("compare", "Measure a flow against the true one");
  sub->footer(compare_notes);
  sub->add_option("ESTIMATE", a->estimate, "Flow to be judged: .flo, or KITTI's 16-bit .png")
      ->required()
      ->type_name("");
  sub->add_option("REFERENCE", a->truth, "The true flow, of the same kinds")->required()->type_name("");
  sub->add_flag("--json", a->json, "Print one JSON object; shares are from 0 to 1");
  sub->add_option("--max-epe", a->max_endpoint, "Exit with 1 when EPE is above")->type_name("PX");
  sub->add_option("--max-aae", a->max_angular, "Exit with 1 when AAE is above")->type_name("DEG");
  return {sub, [a] { return compare(*a); }};
}

}  // namespace

std::vector<command> add_flow_commands(CLI::App& app) { return {add_compare(app)}; }

}  // namespace fluxel::cli
