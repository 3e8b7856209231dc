// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "host/program/flow_files/flow_field.hpp"

namespace fluxel::video {

// Flow files. Four kinds are read and written:
//
// .flo, of the Middlebury benchmark: the float 202021.25 ("PIEH"), width and height as 32-bit integers, then u and v
// of every pixel as floats, row by row; all little-endian. 1e10 marks what is unknown.
//
// KITTI: a PNG of 16-bit red = 64 u + 2^15, green = 64 v + 2^15, blue = 1 where the flow is known. Holds [-512, 512)
// in steps of 1/64 px.
//
// .npy, an array of NumPy: float32 (read: also float64), little-endian, of height x width x 2.
//
// .exr, OpenEXR: 32-bit floats (read: also 16-bit ones). R is u, G is v, B is 1 where the flow is known; else all are 0.

/// Reads any kind, told apart by the first bytes; unknown pixels become `unknown_flow`.
/// @throws failure input
flow_field read_flow(const std::string& name);

/// Whether a file is a picture of 16-bit R, G, B whose blue is nowhere above 1: flow rather than a picture.
bool is_kitti_flow(const std::string& name);

/// Whether a file is an OpenEXR picture whose blue is 0 or 1 everywhere: flow rather than a picture.
bool is_exr_flow(const std::string& name);

/// @param path  where to write, "-" for standard output. @param name  for messages. @throws failure output
void write_flo(const flow_field& flow, const std::string& path, const std::string& name);

/// As write_flo.
void write_npy(const flow_field& flow, const std::string& path, const std::string& name);

/// As write_flo.
void write_exr(const flow_field& flow, const std::string& path, const std::string& name);

/// As write_flo. @throws failure output  also for a known vector that the format cannot hold.
void write_kitti(const flow_field& flow, const std::string& path, const std::string& name);

/// One byte per pixel as an 8-bit grey PNG. @throws failure output
void write_grey(std::span<const std::uint8_t> pixels, int width, int height, const std::string& path,
                const std::string& name);

/// R, G and B as an 8-bit PNG. @throws failure output
void write_color(std::span<const std::uint8_t> pixels, int width, int height, const std::string& path,
                 const std::string& name);

}  // namespace fluxel::video
