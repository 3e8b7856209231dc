// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tests/parity/options.hpp"

namespace fluxel::parity {

void print_matrix(const std::vector<operation_report>& reports);

/// {"seed", "max_side", "max_elements", "operations": [{"name", "bytes_revision", "inputs": [...], "hashes": [...],
/// "backends": {name: [...]}}]}: of the backends only those that are no CPU rows, whose hashes are the truth's or the
/// run has failed.
bool write_json(const std::vector<operation_report>& reports, const options& o);

}  // namespace fluxel::parity
