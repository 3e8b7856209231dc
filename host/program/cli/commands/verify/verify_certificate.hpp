// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/parity/suite/suite.hpp"

namespace fluxel::cli {

/// The published vectors of one operation.
struct verified_vectors {
  std::string operation;
  int vectors = 0;      ///< all of them are computed by each of the rows
  std::string problem;  ///< the first difference; empty: none
};

/// What `fluxel verify` found out.
struct verification {
  std::uint64_t seed = 1;
  double seconds = 0;
  std::vector<std::string> backends;
  std::vector<parity::operation_report> operations;
  std::vector<parity::difference> differences;  ///< the first one of each operation that has one
  std::vector<std::string> rows;                ///< that computed the published vectors; empty: none was asked to
  std::vector<verified_vectors> vectors;

  bool equal() const;
  /// One number for all results: the same on two machines that ran the same cases of the same revisions.
  std::uint64_t hash() const;
};

/// Machine, versions and results, for people and for programs.
std::string certificate_as_text(const verification& v);
std::string certificate_as_json(const verification& v);

}  // namespace fluxel::cli
