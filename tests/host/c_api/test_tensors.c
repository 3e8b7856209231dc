/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

void test_tensors(void) {
  static float data[2 * 3 * 5 * 7];
  const int64_t shape[4] = {2, 3, 5, 7};
  const int64_t broadcast[4] = {0, 35, 7, 1};
  fluxel_tensor t;
  fluxel_image im;
  memset(&t, 0, sizeof t);
  t.struct_size = sizeof t;
  t.data = data;
  t.byte_offset = 4;
  t.shape = shape;
  t.dimensions = 4;
  t.type_code = 2;
  t.bits = 32;
  t.lanes = 1;
  t.device_type = 13;
  EXPECT_OK(fluxel_image_from_tensor(&t, FLUXEL_TENSOR_LAYOUT_NCHW, "x", &im));
  EXPECT(im.dtype == FLUXEL_DTYPE_F32 && im.memory == FLUXEL_MEMORY_MANAGED && im.data == data + 1);
  EXPECT(im.width == 7 && im.height == 5 && im.planes == 3 && im.count == 2 && im.channels == 1);
  t.strides = broadcast;
  EXPECT_REJECTED(fluxel_image_from_tensor(&t, FLUXEL_TENSOR_LAYOUT_NCHW, "x", &im),
                  "fluxel_image_from_tensor: x.strides[0]: is 0: a broadcast tensor must be made contiguous first");
  t.strides = NULL;
  t.bits = 64;
  EXPECT_REJECTED(fluxel_image_from_tensor(&t, FLUXEL_TENSOR_LAYOUT_NCHW, "x", &im),
                  "fluxel_image_from_tensor: x.dtype: is float64; must be uint8, uint16, float16, bfloat16 or float32");
  EXPECT_REJECTED(fluxel_image_from_tensor(NULL, FLUXEL_TENSOR_LAYOUT_NCHW, "x", &im),
                  "fluxel_image_from_tensor: x: is null");
}
