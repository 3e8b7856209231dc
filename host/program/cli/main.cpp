// SPDX-License-Identifier: Apache-2.0
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#include <cstdio>

#include "host/program/cli/failures.hpp"
#include "host/program/cli/options/arguments.hpp"

namespace {

/// Packets of raw video and frames are allocated over and over: glibc keeps their memory instead of having it mapped
/// and cleared anew.
void keep_freed_memory() {
#ifdef M_MMAP_THRESHOLD
  constexpr int largest_kept = 32 << 20, most_kept = 128 << 20;  // bytes; the first is the most that glibc takes
  mallopt(M_MMAP_THRESHOLD, largest_kept);
  mallopt(M_TRIM_THRESHOLD, most_kept);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  try {
    const auto command = fluxel::cli::read_arguments(argc, argv);
    return command ? command() : 0;
  } catch (...) {
    const fluxel::cli::told_failure f = fluxel::cli::current_failure();
    std::fprintf(stderr, "fluxel: %s\n", f.message.c_str());
    return f.exit_status;
  }
}
