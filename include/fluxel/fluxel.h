/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_FLUXEL_H
#define FLUXEL_FLUXEL_H

/* fluxel in C99. What each function computes is documented in the C++ headers, whose names it shares.
 *
 * Every function returns a status and never lets an exception out. After a failure fluxel_last_message() tells, in
 * the calling thread, "function: argument: problem". On host memory a call is finished when it returns; on device
 * memory it is enqueued on the stream (a cudaStream_t; null is the legacy stream).
 *
 * Structs that can grow start with struct_size = sizeof(the struct); fluxel_..._default() fills in that and all
 * defaults. A null pointer to options or a placement takes all defaults. Objects are made by ..._create, which stores
 * null after a failure, and given back by ..._destroy, which takes null; device work that they enqueued must have
 * finished by then. */

#include "fluxel/c/conv_transpose.h"
#include "fluxel/c/copy_times.h"
#include "fluxel/c/device.h"
#include "fluxel/c/flow.h"
#include "fluxel/c/flow_color.h"
#include "fluxel/c/flow_steps.h"
#include "fluxel/c/frame.h"
#include "fluxel/c/interpolator.h"
#include "fluxel/c/metrics.h"
#include "fluxel/c/motion.h"
#include "fluxel/c/motion_segmenter.h"
#include "fluxel/c/points.h"
#include "fluxel/c/registration.h"
#include "fluxel/c/resize.h"
#include "fluxel/c/stabilizer.h"
#include "fluxel/c/tensor.h"
#include "fluxel/c/types.h"
#include "fluxel/c/warp.h"
#include "fluxel/c/warp_perspective.h"

#endif
