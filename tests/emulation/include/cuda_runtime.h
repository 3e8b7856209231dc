/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

// Stands for NVIDIA's header of the same name, so that g++ and clang++ compile .cu files as C++20 and run them on
// fibers. Absent on purpose, because parity forbids them: fast-math intrinsics, __activemask, float atomics.

#include <math.h>  // with the overloads that CUDA has in the global namespace

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "emulation/atomics.hpp"
#include "emulation/capture.hpp"
#include "emulation/dim.hpp"
#include "emulation/float_intrinsics.hpp"
#include "emulation/integer_intrinsics.hpp"
#include "emulation/launch.hpp"
#include "emulation/memory_intrinsics.hpp"
#include "emulation/packed_intrinsics.hpp"
#include "emulation/qualifiers.hpp"
#include "emulation/runtime_api.hpp"
#include "emulation/thread_intrinsics.hpp"
#include "emulation/vector_types.hpp"
