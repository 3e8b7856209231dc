/* SPDX-License-Identifier: Apache-2.0 */
/* C99: every function of the C interface is called from C. */

#include "check.h"

int failures = 0;

int main(void) {
  test_resize();
  test_frames();
  test_conv_transpose();
  test_flow();
  test_flow_steps();
  test_flow_color();
  test_metrics();
  test_points();
  test_tensors();
  test_device();
  if (failures == 0) printf("C API: ok\n");
  return failures != 0;
}
