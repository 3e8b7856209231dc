// SPDX-License-Identifier: Apache-2.0
// Prints the published vectors (host/parity/vectors/README.md), computed by a row: `vectors scalar`, `vectors
// cpu/AVX2`,
// ... The test compares the output with vectors.jsonl; so the file describes what the library does, or the test
// fails.

#include <cstdio>

#include "host/parity/vectors/lines.hpp"

int main(int argc, char** argv) {
  const auto lines = fluxel::vectors::lines_by(argc > 1 ? argv[1] : "scalar");
  if (!lines) return 2;
  for (const auto& line : *lines) std::puts(line.c_str());
  return 0;
}
