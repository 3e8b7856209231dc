/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_DEVICE_H
#define FLUXEL_C_DEVICE_H

/* Devices, versions and messages. */

#include "fluxel/c/types.h"
#include "fluxel/version.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fluxel_device_info {
  size_t struct_size; /* set by the caller */
  char name[256];
  int32_t index;
  int32_t compute_capability; /* 90 for 9.0 */
  uint64_t memory_bytes;
} fluxel_device_info;

/* Usable CUDA devices; 0 in a CPU-only build, without a driver, or when FLUXEL_DEVICE=cpu is set. */
FLUXEL_API fluxel_status fluxel_device_count(int32_t* count);
FLUXEL_API const char* fluxel_no_device_reason(void); /* "" when there is a device; valid in the calling thread */
FLUXEL_API fluxel_status fluxel_describe_device(int32_t index, fluxel_device_info* info);
/* Loads every kernel onto the device, so that no later call does. */
FLUXEL_API fluxel_status fluxel_warm_up(int32_t index);
/* The backend that runs calls on such memory where the placement does not say otherwise. */
FLUXEL_API fluxel_status fluxel_backend_for(fluxel_memory memory, fluxel_backend* backend);

/* The instruction set of the CPU path, and all that this machine can run, best first and separated by spaces. Valid in
 * the calling thread until the next call. The environment variable FLUXEL_CPU names another than the best; where it
 * names none of them, every call on the CPU fails, and fluxel_cpu_target returns "". */
FLUXEL_API const char* fluxel_cpu_target(void);
FLUXEL_API const char* fluxel_cpu_targets(void);

FLUXEL_API const char* fluxel_version(void);
FLUXEL_API const char* fluxel_build_description(void); /* valid in the calling thread */
FLUXEL_API int32_t fluxel_bytes_revision(const char* operation); /* 0: there is no such operation */
/* The name of operation i of those that have a bytes revision; null from their number on. */
FLUXEL_API const char* fluxel_operation_name(int32_t i);

FLUXEL_API const char* fluxel_status_name(fluxel_status status);
FLUXEL_API const char* fluxel_last_message(void); /* of the calling thread's last failure */

#ifdef __cplusplus
}
#endif

#endif
