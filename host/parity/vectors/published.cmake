# SPDX-License-Identifier: Apache-2.0
# Writes OUT, the hashes of the published FILE in the order of its lines: all that a program needs to compare with it.
file(STRINGS ${FILE} lines REGEX "\"hash\":\"[0-9a-f]+\"}$")
set(hashes "")
foreach(line IN LISTS lines)
  string(REGEX REPLACE ".*\"hash\":\"([0-9a-f]+)\"}$" "    0x\\1u,\n" hash "${line}")
  string(APPEND hashes "${hash}")
endforeach()
file(WRITE ${OUT} "// Made from vectors.jsonl.
#include \"host/parity/vectors/lines.hpp\"

namespace fluxel::vectors {

constexpr std::uint64_t hashes[] = {
${hashes}};

std::span<const std::uint64_t> published_hashes() { return hashes; }

}  // namespace fluxel::vectors
")
