// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Everything.

#include "fluxel/bilinear_adjoint.hpp"
#include "fluxel/conv_transpose.hpp"
#include "fluxel/dense_flow.hpp"
#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/flow.hpp"
#include "fluxel/flow_options.hpp"
#include "fluxel/flow_steps.hpp"
#include "fluxel/frame.hpp"
#include "fluxel/good_features.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "fluxel/image.hpp"
#include "fluxel/image_like.hpp"
#include "fluxel/image_view.hpp"
#include "fluxel/metrics.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/resize.hpp"
#include "fluxel/stream.hpp"
#include "fluxel/track_points.hpp"
#include "fluxel/transposed_convolution.hpp"
#include "fluxel/types.hpp"
#include "fluxel/version.hpp"
