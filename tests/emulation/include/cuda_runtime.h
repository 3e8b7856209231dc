#pragma once

// Stands for NVIDIA's header of the same name, so that g++ and clang++ compile .cu files as C++20 and run them on
// fibers. Absent on purpose, because parity forbids them: fast-math intrinsics, __activemask, float atomics.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "emulation/dim.hpp"
#include "emulation/qualifiers.hpp"
#include "emulation/vector_types.hpp"
#include "emulation/atomics.hpp"
#include "emulation/float_intrinsics.hpp"
#include "emulation/integer_intrinsics.hpp"
#include "emulation/memory_intrinsics.hpp"
#include "emulation/packed_intrinsics.hpp"
#include "emulation/thread_intrinsics.hpp"
#include "emulation/runtime_api.hpp"
#include "emulation/launch.hpp"
