/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "check.h"

void test_metrics(void) {
  static uint8_t image[16 * 16 * 3], reference[16 * 16 * 3];
  const fluxel_image im = fluxel_image_u8(image, 16, 16, 3), ref = fluxel_image_u8(reference, 16, 16, 3);
  fluxel_comparison_options options = fluxel_comparison_options_default();
  const fluxel_comparison_geometry geometry = fluxel_comparison_geometry_of(FLUXEL_DTYPE_U8, 16, 16, 3);
  fluxel_placement placement = fluxel_placement_default();
  fluxel_image_comparison* object = NULL;
  fluxel_comparison_sums sums[3], again[3], all;
  fluxel_backend backend = FLUXEL_BACKEND_CUDA;
  double peak = 0;
  size_t bytes = 0;
  int i;
  for (i = 0; i < 16 * 16 * 3; ++i) reference[i] = (uint8_t)(i % 200), image[i] = (uint8_t)(i % 200 + (i % 3 == 0 ? 2 : 0));
  placement.run_on = FLUXEL_RUN_ON_CPU;
  EXPECT_OK(fluxel_compare_images(&im, &ref, sums, 3, &options, &placement, NULL));
  EXPECT(fluxel_mse(&sums[0]) == 4 && fluxel_mse(&sums[1]) == 0);
  EXPECT(isinf(fluxel_psnr(&sums[1], 255)) && fluxel_ssim(&sums[1]) == 1);
  EXPECT(fabs(fluxel_psnr(&sums[0], 255) - 10 * log10(255.0 * 255 / 4)) < 1e-9);
  EXPECT(fluxel_snr(&sums[0]) > 0 && isnan(fluxel_mse(NULL)));
  EXPECT_OK(fluxel_pooled(sums, 3, &all));
  EXPECT(all.pixels == 3 * 256 && all.squared_error == 4 * 256);
  EXPECT_OK(fluxel_image_comparison_create(&geometry, &options, &placement, &object));
  EXPECT_OK(fluxel_image_comparison_prepare(object, FLUXEL_MEMORY_HOST));
  EXPECT_OK(fluxel_image_comparison_run(object, &im, &ref, again, 3, NULL));
  EXPECT(memcmp(sums, again, sizeof sums) == 0);
  EXPECT_OK(fluxel_image_comparison_peak(object, &peak));
  EXPECT(peak == 255);
  EXPECT_OK(fluxel_image_comparison_backend(object, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CPU);
  EXPECT_OK(fluxel_image_comparison_workspace_size(object, &bytes));
  EXPECT_REJECTED(fluxel_compare_images(&im, &ref, sums, 2, &options, &placement, NULL),
                  "fluxel_compare_images: count: is 2, but there are 3 channels in all");
  fluxel_image_comparison_destroy(object);
}
