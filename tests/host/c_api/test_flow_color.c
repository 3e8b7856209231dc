/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "check.h"

void test_flow_color(void) {
  static float vectors[4 * 2] = {3, 4, 0, 0, -1, 0, 1e10f, 1e10f};
  static uint8_t pixels[4 * 3];
  static fluxel_flow_lengths lengths;
  const fluxel_image flow = fluxel_image_f32(vectors, 4, 1, 2), colors = fluxel_image_u8(pixels, 4, 1, 3);
  fluxel_flow_color_options options = fluxel_flow_color_options_default();
  fluxel_placement placement = fluxel_placement_default();
  double length = 0;
  placement.run_on = FLUXEL_RUN_ON_CPU;
  options.full_length = 5;
  EXPECT_OK(fluxel_draw_flow(&flow, &colors, &options, &placement, NULL));
  EXPECT(pixels[3] == 255 && pixels[4] == 255 && pixels[5] == 255);
  EXPECT(pixels[9] == 0 && pixels[10] == 0 && pixels[11] == 0);
  EXPECT_OK(fluxel_measure_flow_lengths(&flow, &lengths, 1, &placement, NULL));
  EXPECT_OK(fluxel_length_of_share(&lengths, 1, &length));
  EXPECT(length == 5);
  EXPECT_OK(fluxel_length_of_share(&lengths, 0.5, &length));
  EXPECT(fabs(length - 1) < 0.002);
  options.full_length = 0;
  EXPECT_REJECTED(fluxel_draw_flow(&flow, &colors, &options, &placement, NULL),
                  "fluxel_draw_flow: options.full_length: is 0.000000; must be 1e-6 to 1e9");
  EXPECT_REJECTED(fluxel_measure_flow_lengths(&flow, &lengths, -1, &placement, NULL),
                  "fluxel_measure_flow_lengths: count: is negative");
}
