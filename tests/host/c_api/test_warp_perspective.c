/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

void test_warp_perspective(void) {
  static uint8_t from[4] = {10, 20, 40, 80}, to[4] = {7, 7, 7, 7};
  double matrix[9] = {1, 0, 0.5, 0, 1, 0, 0, 0, 1};
  const fluxel_image src = fluxel_image_u8(from, 4, 1, 1), dst = fluxel_image_u8(to, 4, 1, 1);
  fluxel_perspective_options options = fluxel_perspective_options_default();
  fluxel_placement placement = fluxel_placement_default();
  placement.run_on = FLUXEL_RUN_ON_CPU;
  EXPECT_OK(fluxel_warp_perspective(&src, matrix, &dst, &options, &placement, NULL));
  EXPECT(to[0] == 15 && to[1] == 30 && to[2] == 60 && to[3] == 80);
  options.outside = FLUXEL_WARP_OUTSIDE_KEEP;
  matrix[2] = 2;
  to[2] = to[3] = 7;
  EXPECT_OK(fluxel_warp_perspective(&src, matrix, &dst, &options, &placement, NULL));
  EXPECT(to[0] == 40 && to[1] == 80 && to[2] == 7 && to[3] == 7);
  options.bit_depth = 17;
  EXPECT_REJECTED(fluxel_warp_perspective(&src, matrix, &dst, &options, &placement, NULL),
                  "fluxel_warp_perspective: options.bit_depth: is 17; must be 8 to 16");
  options.bit_depth = 16;
  options.low_zero_bits = -1;
  EXPECT_REJECTED(fluxel_warp_perspective(&src, matrix, &dst, &options, &placement, NULL),
                  "fluxel_warp_perspective: options.low_zero_bits: is -1; must be 0 to 8");
  EXPECT_REJECTED(fluxel_warp_perspective(&src, NULL, &dst, NULL, &placement, NULL),
                  "fluxel_warp_perspective: matrix: is null");
}
