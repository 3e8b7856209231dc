// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/verify_arguments.hpp"

#include <limits>
#include <memory>

#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/option_groups.hpp"

namespace fluxel::cli {

namespace {

constexpr auto verify_notes = R"(Examples:
  fluxel verify                          every backend of this machine, 100 cases of each operation
  fluxel verify --seconds 600 -o certificate.txt
  fluxel verify --device cuda:1 --json
  fluxel verify --only warp --case 17    one case again

Every operation gets images of random sizes, layouts, pixels and options, and runs on every instruction set of this CPU,
with 1, 2 and 7 threads, and on every CUDA device. All bytes have to be those of the scalar definition, also around the
images; and what the CPU computes has to have the hashes of the published vectors (host/parity/vectors in the sources).
Two machines with the same revisions have the same hashes for the same seed and cases.

Exit status: 0 all bytes are equal; 1 some are not; 2 wrong usage; 4 the device; 5 the output; 70 a defect.)";

constexpr int most = std::numeric_limits<int>::max();

}  // namespace

command add_verify_command(CLI::App& app) {
  const auto a = std::make_shared<verify_arguments>();
  CLI::App* sub = app.add_subcommand("verify", "Prove on this machine that all backends write the same bytes");
  sub->footer(verify_notes);
  sub->add_option("-o,--output", a->output, "Write the certificate here (default: print it)")->type_name("FILE");
  sub->add_flag("-y", a->replace, "Replace an existing output");
  sub->add_flag("-n", a->keep, "Never replace an existing output")->excludes("-y");
  sub->add_flag("--json", a->json, "The certificate as a JSON object");
  const auto group = "What is compared";
  sub->add_option("--device", a->device, "auto (default: the CPU and every CUDA device), cpu, cuda\nor cuda:1")
      ->type_name("WHERE")
      ->group(group);
  sub->add_option("--seconds", a->seconds, "Go on for this long (every operation gets one case at least)")
      ->type_name("S")
      ->check(CLI::Range(0.0, 1e9).description(""))
      ->group(group);
  sub->add_option("--cases", a->cases, "So many cases of each operation\n(default: 100, or what the seconds allow)")
      ->type_name("N")
      ->check(CLI::Range(1, most).description(""))
      ->group(group);
  sub->add_option("--seed", a->seed, "Of the random cases (1)")->type_name("N")->group(group);
  sub->add_option("--only", a->only, "Operations whose name starts so, and no published vectors")
      ->type_name("NAME")
      ->group(group);
  sub->add_option("--case", a->only_case, "Only the case with this number")
      ->type_name("N")
      ->check(CLI::Range(0, most).description(""))
      ->group(group);
  return {sub, [a] { return verify(*a); }};
}

}  // namespace fluxel::cli
