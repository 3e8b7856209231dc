// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fluxel::vectors {

/// The lines of the published file (README.md), operations in the order of their names, as a row computes them:
/// "scalar", "cpu/" (the best instruction set), "cpu/AVX2", ... Nothing for one that is not there. One call at a
/// time.
std::optional<std::vector<std::string>> lines_by(const std::string& row);

/// The hashes of the published file as it was when this program was built, line by line.
std::span<const std::uint64_t> published_hashes();

/// Of a line of the file: the operation, and the hash.
std::string operation_of(const std::string& line);
std::uint64_t hash_of(const std::string& line);

}  // namespace fluxel::vectors
