// SPDX-License-Identifier: Apache-2.0
#include "tests/parity/options.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace fluxel::parity {

namespace {

[[noreturn]] void usage(const char* problem) {
  std::fprintf(stderr,
               "%s\n"
               "--seed N          the fuzzer's seed (1)\n"
               "--cases N         cases of each operation (200)\n"
               "--only NAME       operations whose name starts with NAME\n"
               "--case N          only this case\n"
               "--backends A,B    backends whose name starts with A or B\n"
               "--max-side N      longest side of an image (4097)\n"
               "--max-elements N  most elements of a tensor (60000)\n"
               "--time-limit S    stop starting cases after S seconds\n"
               "--json FILE       write the hash of every case\n"
               "--hostile         call with denormals flushed and another rounding mode\n"
               "--allow-missing   a backend that lacks an operation does not fail the run\n"
               "--list            print operations and backends\n",
               problem);
  std::exit(2);
}

double number(const char* text) {
  char* end = nullptr;
  const double value = std::strtod(text, &end);
  if (end == text || *end != '\0' || value < 0) usage("not a number");
  return value;
}

/// Options with a value; false when the name is none of them.
bool take(options& o, const char* name, const char* value) {
  const auto is = [&](const char* s) { return std::strcmp(name, s) == 0; };
  if (is("--only")) return o.only = value, true;
  if (is("--backends")) return o.backends = value, true;
  if (is("--json")) return o.json = value, true;
  if (is("--seed")) return o.seed = std::uint64_t(number(value)), true;
  if (is("--cases")) return o.cases = int(number(value)), true;
  if (is("--case")) return o.only_case = int(number(value)), true;
  if (is("--max-side")) return o.limit.max_side = int(number(value)), o.limit.max_side > 0;
  if (is("--max-elements")) return o.limit.max_elements = int(number(value)), o.limit.max_elements > 0;
  if (is("--time-limit")) return o.time_limit = number(value), true;
  return false;
}

}  // namespace

options parse_options(int argc, char** argv) {
  options o;
  o.program = argv[0];
  for (int i = 1; i < argc; ++i) {
    const auto is = [&](const char* s) { return std::strcmp(argv[i], s) == 0; };
    if (is("--hostile"))
      o.hostile = true;
    else if (is("--allow-missing"))
      o.allow_missing = true;
    else if (is("--list"))
      o.list = true;
    else if (i + 1 < argc && take(o, argv[i], argv[i + 1]))
      ++i;
    else
      usage(argv[i]);
  }
  return o;
}

std::string reproduction(const options& o, const difference& d) {
  const limits usual;
  std::string text = o.program + " --seed " + std::to_string(o.seed) + " --only " + d.operation + " --case " +
                     std::to_string(d.number) + " --backends " + d.backend;
  if (o.limit.max_side != usual.max_side) text += " --max-side " + std::to_string(o.limit.max_side);
  if (o.limit.max_elements != usual.max_elements) text += " --max-elements " + std::to_string(o.limit.max_elements);
  if (o.hostile) text += " --hostile";
  return text;
}

}  // namespace fluxel::parity
