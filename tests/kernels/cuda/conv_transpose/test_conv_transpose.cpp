// SPDX-License-Identifier: Apache-2.0
// The CUDA row of transposed convolution writes the bytes of the scalar row: the shapes that have kernels of their
// own, with infinities and NaN among weights and pixels, which a tap that meets no pixel must not touch.

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "kernels/contract/backend.hpp"

namespace fluxel::kernels {
namespace {

using bytes = std::vector<std::byte>;

std::mt19937 random_source{11};

bytes random_elements(element_type type, std::size_t n) {
  bytes out(n * element_size(type));
  for (std::size_t i = 0; i < n; ++i) {
    float v = static_cast<float>(random_source() >> 8) * 0x1p-24f - 0.5f;
    if (const unsigned special = random_source() % 97; special < 3)
      v = special == 0 ? INFINITY : special == 1 ? -0.0f : -INFINITY;
    if (type == element_type::f32) {
      std::memcpy(&out[4 * i], &v, 4);
    } else {
      const std::uint16_t half = type == element_type::f16 ? f16::from(v).bits : bf16::from(v).bits;
      std::memcpy(&out[2 * i], &half, 2);
    }
  }
  return out;
}

/// One payload for every NaN.
void make_nans_alike(element_type type, bytes& values) {
  const std::size_t step = element_size(type);
  for (std::size_t i = 0; i + step <= values.size(); i += step) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &values[i], step);
    const std::uint32_t top = type == element_type::f32 ? 0x7f800000u : type == element_type::f16 ? 0x7c00u : 0x7f80u;
    const std::uint32_t magnitude = bits & (step == 4 ? 0x7fffffffu : 0x7fffu);
    if (magnitude <= top) continue;
    bits = top + 1;
    std::memcpy(&values[i], &bits, step);
  }
}

/// A buffer of a row, while it lives.
class on_row {
 public:
  on_row(const backend_table& r, const bytes& from)
      : row_(r), size_(from.size()), data_(r.memory.allocate(size_ + 64)) {
    EXPECT_EQ(row_.memory.upload(data_, from.data(), size_, nullptr), status::ok);
  }
  ~on_row() { row_.memory.release(data_); }
  on_row(const on_row&) = delete;
  void* data() const { return data_; }
  bytes download() const {
    bytes out(size_);
    EXPECT_EQ(row_.memory.download(out.data(), data_, size_, nullptr), status::ok);
    EXPECT_EQ(row_.memory.synchronize(nullptr), status::ok);
    return out;
  }

 private:
  const backend_table& row_;
  std::size_t size_;
  void* data_;
};

image planes_of(void* data, size s, int planes, int count, int element_bytes) {
  image im{.data = data, .width = s.width, .height = s.height, .planes = planes, .count = count};
  im.pitch = std::ptrdiff_t{s.width} * element_bytes;
  im.plane_stride = im.pitch * s.height;
  im.stride = im.plane_stride * planes;
  return im;
}

struct convolution {
  size src;
  int count, in, out, groups, kernel, stride, pad, extra;
  size dst() const {
    const int more = kernel - 2 * pad + extra;
    return {(src.width - 1) * stride + more, (src.height - 1) * stride + more};
  }
  std::string name() const {
    std::string text;
    for (const int v : {src.width, src.height, count, in, out, groups, kernel, stride, pad, extra})
      text += std::to_string(v) + " ";
    return text;
  }
};

void expect_same_convolution(element_type type, const convolution& c, bool biased) {
  const int e = element_size(type);
  const size to = c.dst();
  auto elements = [&](size s, int planes) { return std::size_t(s.width) * s.height * planes * c.count; };
  const bytes src = random_elements(type, elements(c.src, c.in)), dst = random_elements(type, elements(to, c.out));
  const bytes weights = random_elements(type, std::size_t(c.in) * (c.out / c.groups) * c.kernel * c.kernel);
  const bytes bias = random_elements(type, c.out);
  std::vector<bytes> results;
  for (const backend_table* r : {&scalar(), cuda()}) {
    const on_row x(*r, src), y(*r, dst), w(*r, weights), b(*r, bias);
    const conv_axis axis{.kernel = c.kernel, .stride = c.stride, .dilation = 1, .pad = c.pad};
    const conv_transpose_call call{planes_of(x.data(), c.src, c.in, c.count, e),
                                   planes_of(y.data(), to, c.out, c.count, e),
                                   w.data(),
                                   biased ? b.data() : nullptr,
                                   type,
                                   axis,
                                   axis,
                                   c.groups};
    ASSERT_EQ(r->conv_transpose.general(call, {}), status::ok);
    results.push_back(y.download());
    make_nans_alike(type, results.back());
  }
  EXPECT_TRUE(results[0] == results[1]) << "type " << int(type) << ": " << c.name() << (biased ? "bias" : "");
}

class cuda_conv_transpose : public testing::Test {
 protected:
  void SetUp() override {
    if (cuda() == nullptr || cuda_devices().devices.empty()) GTEST_SKIP() << "no CUDA device";
  }
};
constexpr element_type float_types[] = {element_type::f32, element_type::f16, element_type::bf16};

TEST_F(cuda_conv_transpose, matrix_products) {
  constexpr convolution cases[] = {
      {{8, 8}, 8, 4, 8, 1, 4, 2, 1, 0},   {{5, 3}, 1, 6, 9, 1, 4, 2, 0, 0},   {{9, 7}, 3, 4, 70, 1, 4, 2, 1, 1},
      {{4, 6}, 11, 8, 33, 1, 4, 2, 2, 0}, {{17, 9}, 2, 8, 64, 2, 4, 2, 3, 1}, {{3, 3}, 16, 12, 130, 1, 4, 2, 1, 0},
      {{1, 1}, 5, 4, 8, 1, 4, 2, 0, 1},   {{20, 1}, 6, 8, 16, 2, 4, 2, 1, 0}, {{7, 5}, 1, 32, 66, 1, 4, 2, 1, 0},
  };
  for (const element_type type : float_types)
    for (const convolution& c : cases)
      for (const bool biased : {false, true}) expect_same_convolution(type, c, biased);
}

TEST_F(cuda_conv_transpose, wide_strides) {
  constexpr convolution cases[] = {
      {{3, 2}, 1, 3, 4, 1, 64, 32, 16, 0},
      {{11, 1}, 1, 2, 2, 1, 64, 32, 0, 5},
      {{2, 2}, 2, 4, 8, 2, 64, 32, 40, 0},
      {{18, 1}, 1, 1, 22, 1, 64, 32, 3, 0},
      {{2, 1}, 1, 2, 3, 1, 128, 64, 32, 0},
      {{2, 1}, 1, 150, 11, 1, 64, 32, 16, 0},  // so many input channels that warps share staged pixels
  };
  for (const element_type type : float_types)
    for (const convolution& c : cases) expect_same_convolution(type, c, c.pad != 0);
}

// Widths that the kernel for whole words takes, and that it leaves.
TEST_F(cuda_conv_transpose, upsampling_by_gaps) {
  for (const element_type type : float_types)
    for (const int factor : {2, 4})
      for (const size s : {size{64, 9}, size{4, 1}, size{140, 6}, size{33, 5}, size{8, 17}}) {
        const int e = element_size(type), planes = 3, count = 2;
        const size to{s.width * factor, s.height * factor};
        const bytes src = random_elements(type, std::size_t(s.width) * s.height * planes * count);
        const bytes dst(src.size() * factor * factor);
        std::vector<bytes> results;
        for (const backend_table* r : {&scalar(), cuda()}) {
          const on_row x(*r, src), y(*r, dst);
          const image_pair pair{planes_of(x.data(), s, planes, count, e), planes_of(y.data(), to, planes, count, e)};
          ASSERT_EQ(r->conv_transpose.upsample_zero(pair, type, factor, {}), status::ok);
          results.push_back(y.download());
          make_nans_alike(type, results.back());
        }
        EXPECT_TRUE(results[0] == results[1]) << "type " << int(type) << " factor " << factor << " " << s.width;
      }
}

}  // namespace
}  // namespace fluxel::kernels
