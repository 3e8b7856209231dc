/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

void test_copy_times(void) {
  double upload = -1, download = -1;
  EXPECT_OK(fluxel_time_of_copies(&upload, &download));
  EXPECT(upload >= 0 && download >= 0);
  EXPECT_REJECTED(fluxel_time_of_copies(NULL, &download), "fluxel_time_of_copies: upload: is null");
}
