// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace emulation_test {

struct words;
struct numbers;

/// The same formulas in a kernel and on the host.
int run_integers(const words* in, std::uint64_t* out, int n);
int run_floats(const numbers* in, std::uint64_t* out, int n);
void host_integer_results(const words& in, std::uint64_t* out);
void host_float_results(const numbers& in, std::uint64_t* out);

/// Vectors, hints, constant memory and atomics; four counters.
int run_memory(const void* in, void* out, std::uint32_t* counts, unsigned char* bytes, int n);

}  // namespace emulation_test
