// SPDX-License-Identifier: Apache-2.0
// Prints the published vectors (parity/vectors/README.md), computed by a row: `vectors scalar`, `vectors cpu/AVX2`, ... The test
// compares the output with vectors.jsonl; so the file describes what the library does, or the test fails.

#include <string>

#include "parity/vectors/case.hpp"

namespace fluxel::vectors {
namespace {

/// Objects have no scalar row: the CPU's takes the scalar formulas.
bool find_computer(const std::string& name, computer& found) {
  if (name == "scalar") {
    found = {&kernels::scalar(), run_on::cpu};
    return kernels::force_cpu_target("scalar");
  }
  found = {&kernels::cpu(), run_on::cpu};
  return name.rfind("cpu/", 0) == 0 && kernels::force_cpu_target(name.substr(4));
}

int print_all(const std::string& name) {
  computer by{};
  if (!find_computer(name, by)) return 2;
  operation::print_all(by);
  return 0;
}

}  // namespace
}  // namespace fluxel::vectors

int main(int argc, char** argv) { return fluxel::vectors::print_all(argc > 1 ? argv[1] : "scalar"); }
