// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/parity/options.hpp"

namespace fluxel::parity {

/// One cell of the matrix: an operation on a backend.
struct cell {
  std::string backend;
  bool missing = false;
  int cases = 0;
  int failures = 0;
  std::size_t bytes = 0;
  double seconds = 0;
  std::vector<std::uint64_t> hashes;  ///< of the backend's own bytes, by case
};

struct operation_report {
  const char* name;
  int bytes_revision = 1;
  int cases = 0;
  std::vector<std::uint64_t> inputs;  ///< of what each case is: description, layout and pixels
  std::vector<std::uint64_t> hashes;  ///< of the truth, by case
  std::vector<cell> cells;
};

/// One hash of all cases of an operation.
std::uint64_t fold(const operation_report& r);

void print_matrix(const std::vector<operation_report>& reports);

/// {"seed", "max_side", "max_elements", "operations": [{"name", "bytes_revision", "inputs": [...], "hashes": [...],
/// "backends": {name: [...]}}]}: of the backends only those that are no CPU rows, whose hashes are the truth's or the
/// run has failed.
bool write_json(const std::vector<operation_report>& reports, const options& o);

}  // namespace fluxel::parity
