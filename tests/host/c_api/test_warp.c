/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

void test_warp(void) {
  static uint8_t from[4] = {10, 20, 40, 80}, to[4];
  static float vectors[4 * 2] = {1, 0, 0.5f, 0, 0, 0, -8, 0};
  const fluxel_image src = fluxel_image_u8(from, 4, 1, 1), dst = fluxel_image_u8(to, 4, 1, 1);
  const fluxel_image flow = fluxel_image_f32(vectors, 4, 1, 2);
  fluxel_warp_options options = fluxel_warp_options_default();
  fluxel_placement placement = fluxel_placement_default();
  placement.run_on = FLUXEL_RUN_ON_CPU;
  EXPECT_OK(fluxel_warp(&src, &flow, &dst, &options, &placement, NULL));
  EXPECT(to[0] == 20 && to[1] == 30 && to[2] == 40 && to[3] == 10);
  options.filter = FLUXEL_WARP_FILTER_BICUBIC;
  EXPECT_OK(fluxel_warp(&src, &flow, &dst, &options, &placement, NULL));
  EXPECT(to[0] == 20 && to[1] == 28 && to[2] == 40 && to[3] == 10);
  options.bit_depth = 0;
  EXPECT_REJECTED(fluxel_warp(&src, &flow, &dst, &options, &placement, NULL),
                  "fluxel_warp: options.bit_depth: is 0; must be 8 to 16");
  {
    static uint8_t arrived[4], weights[4] = {0, 255, 51, 0}, mixed[4];
    const fluxel_image covered = fluxel_image_u8(arrived, 4, 1, 1), weight = fluxel_image_u8(weights, 4, 1, 1);
    const fluxel_image blended = fluxel_image_u8(mixed, 4, 1, 1);
    fluxel_splat_options move = fluxel_splat_options_default();
    fluxel_splat_masks masks = fluxel_splat_masks_default();
    fluxel_blend_options mix = fluxel_blend_options_default();
    masks.covered = &covered;
    EXPECT_OK(fluxel_splat(&src, &flow, &dst, &masks, &move, &placement, NULL));
    EXPECT(arrived[0] == 0 && arrived[1] == 255 && arrived[2] == 255 && arrived[3] == 0);
    EXPECT(to[0] == 0 && to[1] == 10 && to[2] == 40 && to[3] == 0);
    EXPECT_OK(fluxel_blend(&src, &dst, &weight, &blended, &mix, &placement, NULL));
    EXPECT(mixed[0] == 10 && mixed[1] == 10 && mixed[2] == 40 && mixed[3] == 80);
    move.scale = 1e9;
    EXPECT_REJECTED(fluxel_splat(&src, &flow, &dst, &masks, &move, &placement, NULL),
                    "fluxel_splat: options.scale: is 1000000000.000000; must be -1e6 to 1e6");
    EXPECT_REJECTED(fluxel_blend(NULL, &dst, &weight, &blended, &mix, &placement, NULL), "fluxel_blend: a: is null");
  }
}
