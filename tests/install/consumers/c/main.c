/* SPDX-License-Identifier: Apache-2.0 */
#include <fluxel/fluxel.h>
#include <stdio.h>

int main(void) {
  const uint8_t src[2] = {0, 100};
  uint8_t dst[4];
  const fluxel_image from = fluxel_image_u8(src, 2, 1, 1);
  const fluxel_image to = fluxel_image_u8(dst, 4, 1, 1);
  if (fluxel_resize_bilinear(&from, &to, NULL, NULL, NULL) != FLUXEL_STATUS_OK) {
    printf("%s\n", fluxel_last_message());
    return 1;
  }
  printf("%d %d %d %d\n", dst[0], dst[1], dst[2], dst[3]);
  return 0;
}
