/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_COPY_TIMES_H
#define FLUXEL_C_COPY_TIMES_H

#include "fluxel/c/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds that calls of this process have waited for copies to and from CUDA devices so far. */
FLUXEL_API fluxel_status fluxel_time_of_copies(double* upload, double* download);

#ifdef __cplusplus
}
#endif

#endif
