// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "host/program/cli/options/geometry.hpp"

namespace fluxel::cli {

// Each reads the value of an option. @throws video::failure usage  with the option's name and what it takes.

/// "--size": WIDTHxHEIGHT (where -n stands for "keeps the shape, a multiple of n"), 720p, 4k, hd720, 50% or 2x.
void read_size(const std::string& text, size_request& request);

/// A positive factor: "0.5" or "2/3".
double read_factor(const std::string& text);

/// "--fit"; empty: stretch.
fit read_fit(const std::string& text);

/// "--crop": WxH+X+Y, or WxH in the middle.
crop_request read_crop(const std::string& text);

}  // namespace fluxel::cli
