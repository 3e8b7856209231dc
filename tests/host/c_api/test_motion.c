/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "check.h"

void test_motion(void) {
  static float flow[16 * 12 * 2];
  fluxel_point from[20], to[20];
  uint8_t status[20] = {0}, inliers[20];
  fluxel_motion_options options = fluxel_motion_options_default();
  const fluxel_image vectors = fluxel_image_f32(flow, 16, 12, 2);
  fluxel_global_motion motion;
  int i;
  for (i = 0; i < 20; ++i) {
    from[i].x = (float)(i % 5 * 10), from[i].y = (float)(i / 5 * 10);
    to[i].x = from[i].x + 3, to[i].y = from[i].y - 2;
  }
  to[4].x += 50, status[7] = FLUXEL_TRACK_STATUS_FLAT;
  EXPECT_OK(fluxel_fit_global_motion(from, to, status, 20, &options, inliers, &motion));
  EXPECT(motion.pairs == 19 && motion.inliers == 18 && motion.residual < 1e-6);
  EXPECT(fabs(motion.matrix[2] - 3) < 1e-6 && fabs(motion.matrix[5] + 2) < 1e-6 && motion.matrix[8] == 1);
  EXPECT(inliers[0] == 1 && inliers[4] == 0 && inliers[7] == 0);
  EXPECT_OK(fluxel_fit_global_motion(NULL, NULL, NULL, 0, NULL, NULL, &motion));
  EXPECT(motion.inliers == 0 && motion.matrix[0] == 1);
  for (i = 0; i < 16 * 12; ++i) flow[2 * i] = 1.5f;
  options.model = FLUXEL_MOTION_MODEL_TRANSLATION;
  EXPECT_OK(fluxel_fit_global_motion_flow(&vectors, NULL, &options, &motion));
  EXPECT(fabs(motion.matrix[2] - 1.5) < 1e-9 && motion.inliers == 16 * 12);
  options.threshold = 0;
  EXPECT_REJECTED(fluxel_fit_global_motion(from, to, NULL, 20, &options, NULL, &motion),
                  "fluxel_fit_global_motion: options.threshold: is 0.000000; must be above 0, to 1000");
  EXPECT_REJECTED(fluxel_fit_global_motion(from, NULL, NULL, 20, NULL, NULL, &motion),
                  "fluxel_fit_global_motion: to: is null");
}
