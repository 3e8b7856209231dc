// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/program/cli/options/arguments.hpp"
#include "host/program/cli/options/compare_arguments.hpp"
#include "host/program/cli/options/flow_arguments.hpp"
#include "host/program/cli/options/interpolate_arguments.hpp"
#include "host/program/cli/options/motion_arguments.hpp"
#include "host/program/cli/options/segment_arguments.hpp"
#include "host/program/cli/options/verify_arguments.hpp"

namespace fluxel::cli {

/// Each runs a subcommand and returns its exit code. @throws video::failure, fluxel::error
int resize(const resize_arguments& arguments);
int upsample(const upsample_arguments& arguments);
int flow(const flow_arguments& arguments);
int track(const track_arguments& arguments);
int interpolate(const interpolate_arguments& arguments);
int align(const align_arguments& arguments);
int stabilize(const stabilize_arguments& arguments);
int verify(const verify_arguments& arguments);
int segment(const segment_arguments& arguments);
int compare(const compare_arguments& arguments);
int info(bool json);

}  // namespace fluxel::cli
