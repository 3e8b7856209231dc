// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/flow.hpp"

namespace fluxel {
inline namespace v0 {

/// The values that the samples of a frame lie between, but for one in a thousand at either end: what
/// flow_geometry::range may be set to where pictures use little of their type, as those of thermal cameras do. A
/// sequence keeps the range of its first frame.
///
/// With n samples (of all channels of all images) in ascending order it is those of rank n / 1000 and n - 1 - n /
/// 1000, counted from 0 and rounded down. Samples that are NaN or infinite do not count. Both are equal where all
/// samples are, and 0 where none counts; flow_geometry::range then stands for the whole type.
///
/// @throws fluxel::error invalid_argument  an empty frame, or one on a device.
FLUXEL_API value_range measure_value_range(const flow_image& frame);

}  // namespace v0
}  // namespace fluxel
