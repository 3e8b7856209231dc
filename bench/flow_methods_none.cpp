// SPDX-License-Identifier: Apache-2.0
#include "bench/flow_methods.hpp"

std::vector<flow_method> opencv_methods(int) { return {}; }
