// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs the cases of all operations on a list of backends.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/parity/suite/backend.hpp"
#include "host/parity/suite/case.hpp"

namespace fluxel::parity {

struct suite_options {
  std::uint64_t seed = 1;
  int cases = 200;        ///< of each operation
  int only_case = -1;     ///< run this one alone
  std::string only;       ///< operations whose name starts with it
  double time_limit = 0;  ///< seconds, after which no case starts but the first of an operation; 0: none
  bool hostile = false;   ///< the CPU's backends are called with a changed floating-point environment
  limits limit;           ///< of most cases
};

/// An operation on a backend.
struct cell {
  std::string backend;
  bool missing = false;  ///< the backend does not have the operation
  int cases = 0;
  int failures = 0;
  std::size_t bytes = 0;  ///< compared
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

/// Two backends that do not write the same, or one that fails.
struct difference {
  std::string operation;
  int number = 0;  ///< of the case
  std::string backend;
  std::string problem;  ///< what differs, and where
  std::string description;
};

/// What becomes of the suite after a difference.
enum class after_difference : int { go_on, leave_operation, stop };

/// Runs the first case of every operation, then the second ones, and so on.
/// @param found  is told every difference.
/// @throws std::runtime_error  an operation of the suite is not in `bytes_revisions()`.
std::vector<operation_report> run_suite(const suite_options& options, const std::vector<backend>& backends,
                                        const std::function<after_difference(const difference&)>& found);

/// The operations that `only` selects.
std::vector<operation> selected_operations(const std::string& only);

}  // namespace fluxel::parity
