/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

void test_device(void) {
  int32_t count = -1, i;
  fluxel_device_info info;
  fluxel_backend backend = FLUXEL_BACKEND_CPU;
  int found = 0;
  memset(&info, 0, sizeof info);
  info.struct_size = sizeof info;
  EXPECT_OK(fluxel_device_count(&count));
  EXPECT(count >= 0);
  EXPECT((count == 0) == (fluxel_no_device_reason()[0] != '\0'));
  EXPECT(fluxel_describe_device(0, &info) == (count > 0 ? FLUXEL_STATUS_OK : FLUXEL_STATUS_NO_DEVICE));
  EXPECT(fluxel_warm_up(-1) == FLUXEL_STATUS_NO_DEVICE);
  EXPECT_OK(fluxel_backend_for(FLUXEL_MEMORY_MANAGED, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CUDA);
  EXPECT_REJECTED(fluxel_backend_for((fluxel_memory)9, &backend),
                  "fluxel_backend_for: memory: is not a fluxel_memory");
  EXPECT(fluxel_cpu_target()[0] != '\0');
  EXPECT(strstr(fluxel_cpu_targets(), "scalar") != NULL);
  EXPECT(strcmp(fluxel_version(), FLUXEL_VERSION) == 0);
  EXPECT(fluxel_build_description()[0] != '\0');
  EXPECT(fluxel_bytes_revision("resize_bilinear") >= 1);
  EXPECT(fluxel_bytes_revision("nonsense") == 0);
  for (i = 0; fluxel_operation_name(i) != NULL; ++i) {
    EXPECT(fluxel_bytes_revision(fluxel_operation_name(i)) >= 1);
    found |= strcmp(fluxel_operation_name(i), "resize_bilinear") == 0;
  }
  EXPECT(found && fluxel_operation_name(-1) == NULL);
  EXPECT(strcmp(fluxel_status_name(FLUXEL_STATUS_NO_DEVICE), "no device") == 0);
}
