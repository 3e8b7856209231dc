// SPDX-License-Identifier: Apache-2.0
// More than 2^31 bytes and elements between the pixels of one image: a few pixels with huge strides in memory that is
// reserved but mostly never touched. Offsets that are computed in 32 bits land elsewhere.

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "host/parity/cases/resize_batch.hpp"
#include "host/plan/recipe.hpp"

namespace fluxel::parity {
namespace {

/// Address space without memory behind it until it is touched.
class sparse_block {
 public:
  explicit sparse_block(std::size_t bytes)
      : bytes_(bytes),
        data_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
  ~sparse_block() { munmap(data_, bytes_); }
  sparse_block(const sparse_block&) = delete;
  std::byte* data() const { return data_ == MAP_FAILED ? nullptr : static_cast<std::byte*>(data_); }
  std::size_t size() const { return bytes_; }

 private:
  std::size_t bytes_;
  void* data_;
};

/// Strides of this image, in bytes, each above 2^31 elements; negative when `flipped`.
tensor spread(const shape& s, element_type type, bool flipped) {
  const int e = element_size(type);
  tensor t{.kind = element_of(type), .element_bytes = e};
  t.view = {.width = s.width, .height = s.height, .channels = s.channels, .planes = s.planes, .count = s.count};
  const std::ptrdiff_t row = ((std::ptrdiff_t{1} << 31) + 4099) * e;
  t.view.pitch = flipped ? -row : row;
  t.view.plane_stride = row * s.height;
  t.view.stride = row * s.height * s.planes;
  t.first = flipped ? row * (s.height - 1) : 0;
  t.block_bytes = std::size_t(row) * (s.height * s.planes * s.count - 1) + t.row_bytes();
  return t;
}

tensor packed(const shape& s, element_type type) {
  const int e = element_size(type);
  tensor t{.kind = element_of(type), .element_bytes = e};
  const std::ptrdiff_t row = std::ptrdiff_t{s.width} * s.channels * e;
  t.view = {.width = s.width,
            .height = s.height,
            .channels = s.channels,
            .pitch = row,
            .planes = s.planes,
            .plane_stride = row * s.height,
            .count = s.count,
            .stride = row * s.height * s.planes};
  t.block_bytes = t.packed_bytes();
  return t;
}

kernels::image view_in(const tensor& t, std::byte* block) {
  kernels::image v = t.view;
  v.data = block + t.first;
  return v;
}

/// Rows whose memory is the host's.
std::vector<const kernels::backend_table*> host_rows() {
  std::vector<const kernels::backend_table*> rows{&kernels::scalar(), &kernels::cpu()};
#if defined(CUDA_ROW_ON_HOST)
  if (kernels::cuda() != nullptr && kernels::cuda()->resize.linear != nullptr) rows.push_back(kernels::cuda());
#endif
  return rows;
}

using resize_call = std::function<kernels::status(const kernels::backend_table&, const kernels::image_pair&)>;

/// The pixels that `call` writes when both images are spread, on each row, against packed images on the scalar row.
void expect_same_when_spread(const shape& from, const shape& to, element_type type, const resize_call& call) {
  random r(11);
  tensor src = packed(from, type);
  draw_pixels(r, src);
  const tensor dst = packed(to, type);
  std::vector<std::byte> expected(dst.packed_bytes());
  ASSERT_EQ(call(kernels::scalar(), {view_in(src, src.pixels.data()), view_in(dst, expected.data())}),
            kernels::status::ok);
  make_nans_alike(dst.kind, expected);
  for (const auto* row : host_rows())
    for (bool flipped : {false, true}) {
      const tensor wide_src = spread(from, type, flipped), wide_dst = spread(to, type, !flipped);
      sparse_block in(wide_src.block_bytes), out(wide_dst.block_bytes);
      ASSERT_TRUE(in.data() != nullptr && out.data() != nullptr) << "address space";
      scatter(wide_src, src.pixels, {in.data(), in.size()});
      ASSERT_EQ(call(*row, {view_in(wide_src, in.data()), view_in(wide_dst, out.data())}), kernels::status::ok);
      std::vector<std::byte> got(expected.size());
      gather(wide_dst, {out.data(), out.size()}, got);
      make_nans_alike(dst.kind, got);
      EXPECT_EQ(got, expected) << row->name << " type " << int(type) << (flipped ? " flipped" : "");
    }
}

class HugeStrides : public testing::TestWithParam<element_type> {};

TEST_P(HugeStrides, Linear) {
  const auto type = GetParam();
  expect_same_when_spread({3, 3, 3, 2, 2}, {5, 2, 3, 2, 2}, type, [=](const auto& row, const auto& pair) {
    return row.resize.linear({&pair, 1}, type, coordinates::half_pixel, {.threads = 2});
  });
}

TEST_P(HugeStrides, Nearest) {
  const auto type = GetParam();
  expect_same_when_spread({3, 2, 4, 1, 2}, {4, 3, 4, 1, 2}, type, [=](const auto& row, const auto& pair) {
    return row.resize.nearest({&pair, 1}, element_size(type), coordinates::asymmetric, nearest_rounding::half_up,
                              {.threads = 2});
  });
}

TEST_P(HugeStrides, FilteredInBothOrders) {
  const auto type = GetParam();
  for (const int height : {2, 5}) {
    const shape from{4, 3, 2, 2, 1}, to{3, height, 2, 2, 1};
    const resize_options options{.filter = filter::lanczos3, .antialias = antialias::yes};
    const auto recipe = plan::make_recipe({{from.width, from.height}, {to.width, to.height}, 2, type}, options);
    expect_same_when_spread(from, to, type, [&](const auto& row, const auto& pair) {
      return row.resize.prepare(recipe)->run({&pair, 1}, {.threads = 2});
    });
  }
}

INSTANTIATE_TEST_SUITE_P(Types, HugeStrides,
                         testing::Values(element_type::u8, element_type::u16, element_type::f16, element_type::bf16,
                                         element_type::f32));

}  // namespace
}  // namespace fluxel::parity
