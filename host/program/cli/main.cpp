// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "host/program/cli/failures.hpp"
#include "host/program/cli/options/arguments.hpp"

int main(int argc, char** argv) {
  try {
    const auto command = fluxel::cli::read_arguments(argc, argv);
    return command ? command() : 0;
  } catch (...) {
    const fluxel::cli::told_failure f = fluxel::cli::current_failure();
    std::fprintf(stderr, "fluxel: %s\n", f.message.c_str());
    return f.exit_status;
  }
}
