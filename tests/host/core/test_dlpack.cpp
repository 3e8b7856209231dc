// SPDX-License-Identifier: Apache-2.0
// CTest: a rule of its own
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "fluxel/dlpack.hpp"
#include "fluxel/error.hpp"
#include "fluxel/image.hpp"
#include "fluxel/resize.hpp"

namespace fluxel {
namespace {

/// A compact host tensor of consecutive values, to be bent by each test.
template <class T>
struct owned_tensor {
  explicit owned_tensor(std::vector<std::int64_t> extents) : shape(std::move(extents)) {
    std::int64_t n = 1;
    for (const auto e : shape) n *= e;
    values.resize(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i % 251);
    dl.data = values.data();
    dl.device = {kDLCPU, 0};
    dl.ndim = static_cast<int>(shape.size());
    dl.dtype = {std::is_floating_point_v<T> ? std::uint8_t{kDLFloat} : std::uint8_t{kDLUInt}, 8 * sizeof(T), 1};
    dl.shape = shape.data();
  }
  std::vector<std::int64_t> shape, strides;
  std::vector<T> values;
  DLTensor dl{};
};

template <class T = u8>
std::string message(const DLTensor& t, tensor_layout layout) {
  try {
    view_of<const T>(t, layout);
  } catch (const error& e) {
    EXPECT_EQ(e.code(), errc::invalid_argument);
    return e.what();
  }
  return "accepted";
}

TEST(dlpack, every_layout_finds_its_dimensions) {
  owned_tensor<u8> t({2, 3, 5, 7});
  const auto nchw = view_of<const u8>(t.dl, tensor_layout::nchw).unpacked();
  EXPECT_EQ(nchw.count, 2);
  EXPECT_EQ(nchw.planes, 3);
  EXPECT_EQ(nchw.height, 5);
  EXPECT_EQ(nchw.width, 7);
  EXPECT_EQ(nchw.plane_stride, 35);
  EXPECT_EQ(nchw.stride, 105);
  const auto nhwc = view_of<const u8>(t.dl, tensor_layout::nhwc).unpacked();
  EXPECT_EQ(nhwc.height, 3);
  EXPECT_EQ(nhwc.width, 5);
  EXPECT_EQ(nhwc.channels, 7);
  EXPECT_EQ(nhwc.pitch, 35);
  owned_tensor<u8> image({3, 5, 7});
  EXPECT_EQ(view_of<const u8>(image.dl, tensor_layout::hwc).channels, 7);
  EXPECT_EQ(view_of<const u8>(image.dl, tensor_layout::chw).planes, 3);
  owned_tensor<u8> plane({5, 7});
  EXPECT_EQ(view_of<const u8>(plane.dl, tensor_layout::hw).width, 7);
}

TEST(dlpack, strides_and_offset_are_kept) {
  owned_tensor<f32> t({8, 10});
  t.shape = {4, 3};  // every second row, bottom up, from column 2
  t.strides = {-20, 1};
  t.dl.strides = t.strides.data();
  t.dl.byte_offset = (6 * 10 + 2) * sizeof(f32);
  const auto v = view_of<const f32>(t.dl, tensor_layout::hw);
  EXPECT_EQ(v.pitch, -80);
  EXPECT_EQ(v.data, t.values.data() + 62);
}

TEST(dlpack, memory_kinds) {
  owned_tensor<u8> t({4, 4});
  const std::pair<DLDeviceType, memory_kind> kinds[] = {{kDLCPU, memory_kind::host},
                                                        {kDLCUDA, memory_kind::device},
                                                        {kDLCUDAHost, memory_kind::pinned},
                                                        {kDLCUDAManaged, memory_kind::managed}};
  for (const auto& [device, memory] : kinds) {
    t.dl.device.device_type = device;
    const auto v = view_of<u8>(t.dl, tensor_layout::hw);
    EXPECT_EQ(v.memory, memory);
    tensor_dimensions dimensions;
    const DLTensor back = tensor_of(v, tensor_layout::hw, dimensions, 3);
    EXPECT_EQ(back.device.device_type, device);
    EXPECT_EQ(back.device.device_id, device == kDLCPU ? 0 : 3);
  }
}

TEST(dlpack, what_a_view_cannot_say_is_rejected_by_name) {
  owned_tensor<u8> t({4, 6, 3});
  EXPECT_EQ(message(t.dl, tensor_layout::hw), "view_of: tensor.ndim: is 3; the layout has 2");
  EXPECT_EQ(message(t.dl, static_cast<tensor_layout>(9)), "view_of: layout: is not a tensor_layout");
  t.strides = {18, 3, 2};
  t.dl.strides = t.strides.data();
  EXPECT_EQ(message(t.dl, tensor_layout::hwc),
            "view_of: tensor.strides[2]: is 2, but pixels are packed: it must be 1");
  t.strides = {1, 4, 24};  // transposed
  EXPECT_EQ(message(t.dl, tensor_layout::chw),
            "view_of: tensor.strides[2]: is 24, but pixels are packed: it must be 1");
  t.strides = {0, 3, 1};
  EXPECT_EQ(message(t.dl, tensor_layout::hwc),
            "view_of: tensor.strides[0]: is 0: a broadcast tensor must be made contiguous first");
  t.dl.strides = nullptr;
  t.dl.dtype.lanes = 4;
  EXPECT_EQ(message(t.dl, tensor_layout::hwc), "view_of: tensor.dtype.lanes: is 4; must be 1");
  t.dl.dtype = {kDLFloat, 64, 1};
  EXPECT_EQ(message(t.dl, tensor_layout::hwc), "view_of: tensor.dtype: is float64; must be uint8");
  t.dl.dtype = {kDLUInt, 8, 1};
  t.dl.device.device_type = kDLOpenCL;
  EXPECT_EQ(message(t.dl, tensor_layout::hwc),
            "view_of: tensor.device.device_type: is 4; must be kDLCPU, kDLCUDA, kDLCUDAHost or kDLCUDAManaged");
  t.dl.device.device_type = kDLCPU;
  t.shape[1] = std::int64_t{1} << 40;
  EXPECT_EQ(message(t.dl, tensor_layout::hwc), "view_of: tensor.shape[1]: is 1099511627776; must be 0 to 2^31 - 1");
  t.dl.shape = nullptr;
  EXPECT_EQ(message(t.dl, tensor_layout::hwc), "view_of: tensor.shape: is null");
}

TEST(dlpack, strides_beyond_the_address_space_are_rejected) {
  owned_tensor<f32> t({4, 6});
  t.strides = {INT64_MAX / 2, 1};
  t.dl.strides = t.strides.data();
  EXPECT_EQ(message<f32>(t.dl, tensor_layout::hw), "view_of: tensor.strides[0]: is beyond the address space");
}

TEST(dlpack, strides_of_single_extents_do_not_matter) {
  owned_tensor<u8> t({1, 6, 1});
  t.strides = {0, 1, 77};
  t.dl.strides = t.strides.data();
  const auto v = view_of<const u8>(t.dl, tensor_layout::hwc);
  EXPECT_EQ(v.width, 6);
  EXPECT_EQ(v.channels, 1);
}

TEST(dlpack, views_become_tensors_and_come_back) {
  image<u16> im(5, 4, 1, 3, 2);
  const auto v = im.view();
  tensor_dimensions dimensions;
  const DLTensor t = tensor_of(v, tensor_layout::nchw, dimensions);
  EXPECT_EQ(t.ndim, 4);
  EXPECT_EQ(dimensions.shape, (std::array<std::int64_t, 4>{2, 3, 4, 5}));
  EXPECT_EQ(dimensions.strides, (std::array<std::int64_t, 4>{60, 20, 5, 1}));
  const auto back = view_of<u16>(t, tensor_layout::nchw);
  EXPECT_EQ(back.data, v.data);
  EXPECT_EQ(back.stride, v.stride);
  EXPECT_THROW(tensor_of(v, tensor_layout::hwc, dimensions), error);
}

TEST(dlpack, a_resize_of_tensors_is_that_of_the_images) {
  owned_tensor<f32> src({2, 3, 9, 11}), dst({2, 3, 18, 22});
  resize_bilinear(view_of<const f32>(src.dl, tensor_layout::nchw), view_of<f32>(dst.dl, tensor_layout::nchw));
  image<f32> from(11, 9, 1, 3, 2), to(22, 18, 1, 3, 2);
  std::copy(src.values.begin(), src.values.end(), from.data());
  resize_bilinear(from.view(), to.view());
  EXPECT_TRUE(std::equal(dst.values.begin(), dst.values.end(), to.data()));
}

}  // namespace
}  // namespace fluxel
