// SPDX-License-Identifier: Apache-2.0
// The CUDA backend of resize writes the bytes of the scalar backend: fast paths and their edges, which the fuzzed
// parity suite meets too rarely.

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "host/plan/conv_transpose.hpp"
#include "host/plan/recipe.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::kernels {
namespace {

/// How an image lies in its block of memory.
struct layout {
  int offset = 0;   ///< bytes before the first pixel
  int padding = 0;  ///< bytes after each row
  bool flipped = false;
  int planes = 1;
  int count = 1;
};

struct block {
  image view;
  std::ptrdiff_t first = 0;
  std::vector<std::byte> bytes;
};

block make_block(size s, int channels, int element_bytes, const layout& launch) {
  const std::ptrdiff_t pitch = std::ptrdiff_t{s.width} * channels * element_bytes + launch.padding;
  block b;
  b.view = {.width = s.width, .height = s.height, .channels = channels, .pitch = launch.flipped ? -pitch : pitch};
  b.view.planes = launch.planes;
  b.view.count = launch.count;
  b.view.plane_stride = pitch * s.height;
  b.view.stride = b.view.plane_stride * launch.planes;
  b.first = launch.offset + (launch.flipped ? pitch * (s.height - 1) : 0);
  b.bytes.resize(launch.offset + b.view.stride * launch.count - launch.padding);
  return b;
}

void fill(block& b, element_type type, std::mt19937& random) {
  for (std::byte& v : b.bytes) v = static_cast<std::byte>(random() >> 8);
  const bool half = type == element_type::f16 || type == element_type::bf16;
  if (!half && type != element_type::f32) return;
  // Clear one bit of every exponent: no NaN, whose payload may differ.
  const std::size_t step = half ? 2 : 4, high = step - 1;
  for (std::size_t i = static_cast<std::size_t>(b.first) % step + high; i < b.bytes.size(); i += step)
    b.bytes[i] &= std::byte{0xbf};
}

/// The block's copy in the memory of a row, while it lives.
class on_row {
 public:
  on_row(const backend_table& r, const block& b) : row_(r), bytes_(b.bytes.size()), data_(r.memory.allocate(bytes_)) {
    EXPECT_EQ(row_.memory.upload(data_, b.bytes.data(), bytes_, nullptr), status::ok);
    view = b.view;
    view.data = static_cast<std::byte*>(data_) + b.first;
  }
  ~on_row() { row_.memory.release(data_); }
  on_row(const on_row&) = delete;

  std::vector<std::byte> download() const {
    std::vector<std::byte> out(bytes_);
    EXPECT_EQ(row_.memory.download(out.data(), data_, bytes_, nullptr), status::ok);
    EXPECT_EQ(row_.memory.synchronize(nullptr), status::ok);
    return out;
  }

  image view;

 private:
  const backend_table& row_;
  std::size_t bytes_;
  void* data_;
};

struct block_pair {
  block src, dst;
};

/// Runs `call` on both rows and compares every byte of every destination, padding included.
template <class Call>
void expect_same_bytes(const std::vector<block_pair>& pairs, Call&& call, const std::string& what) {
  std::vector<std::vector<std::byte>> expected;
  for (const backend_table* r : {&scalar(), cuda()}) {
    std::vector<std::unique_ptr<on_row>> alive;
    std::vector<image_pair> views;
    for (const auto& [src, dst] : pairs) {
      alive.push_back(std::make_unique<on_row>(*r, src));
      alive.push_back(std::make_unique<on_row>(*r, dst));
      views.push_back({alive[alive.size() - 2]->view, alive.back()->view});
    }
    ASSERT_EQ(call(*r, std::span<const image_pair>(views)), status::ok) << what;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      auto bytes = alive[2 * i + 1]->download();
      if (r == &scalar())
        expected.push_back(std::move(bytes));
      else
        ASSERT_TRUE(bytes == expected[i]) << what << ", pair " << i;
    }
  }
}

class cuda_resize : public testing::Test {
 protected:
  void SetUp() override {
    if (cuda() == nullptr || cuda_devices().devices.empty()) GTEST_SKIP() << "no CUDA device";
  }
  block_pair make_pair(element_type type, size src, size dst, int channels, const layout& from, const layout& to) {
    block_pair p{make_block(src, channels, element_size(type), from),
                 make_block(dst, channels, element_size(type), to)};
    fill(p.src, type, random_);
    fill(p.dst, type, random_);
    return p;
  }

  std::mt19937 random_{7};
};

constexpr element_type all_types[] = {element_type::u8, element_type::u16, element_type::f16, element_type::bf16,
                                      element_type::f32};

std::string name(element_type type, size src, size dst, int channels) {
  return "type " + std::to_string(int(type)) + " x" + std::to_string(channels) + " " + std::to_string(src.width) +
         "x" + std::to_string(src.height) + " to " + std::to_string(dst.width) + "x" + std::to_string(dst.height);
}

struct geometry {
  size src, dst;
};
constexpr geometry geometries[] = {
    {{64, 9}, {128, 18}},   {{131, 6}, {262, 12}},   {{1, 1}, {2, 2}},       {{3, 70}, {6, 140}},
    {{300, 3}, {600, 6}},   {{128, 18}, {64, 9}},    {{2, 2}, {1, 1}},       {{262, 140}, {131, 70}},
    {{520, 4}, {260, 2}},   {{96, 54}, {64, 36}},    {{64, 36}, {96, 54}},   {{97, 31}, {640, 41}},
    {{640, 41}, {97, 31}},  {{200, 5}, {201, 5}},    {{7, 5}, {1, 1}},       {{1, 1}, {33, 9}},
    {{2, 3}, {300, 2}},     {{500, 20}, {3, 2}},     {{40, 40}, {40, 40}},   {{61, 83}, {122, 83}},
    {{603, 30}, {402, 20}}, {{1040, 21}, {700, 33}}, {{301, 40}, {555, 61}}, {{3, 3}, {2, 2}},
    {{640, 50}, {260, 20}},
};
constexpr layout layouts[] = {
    {},
    {.offset = 16, .padding = 20},
    {.offset = 4, .padding = 4, .flipped = true},
    {.offset = 4, .padding = 12},
};

template <class Run>
void for_each_geometry(Run&& run) {
  for (const element_type type : all_types)
    for (int channels = 1; channels <= 5; ++channels)
      for (const auto& [src, dst] : geometries) run(type, src, dst, channels);
}

TEST_F(cuda_resize, linear_from_sizes) {
  int turn = 0;  // every type, every number of channels, every geometry and every rule meets every layout
  for_each_geometry([&](element_type type, size src, size dst, int channels) {
    for (const coordinates rule : {coordinates::half_pixel, coordinates::asymmetric, coordinates::align_corners}) {
      const layout& l = layouts[turn++ % 4];
      const layout to = random_() % 2 ? l : layouts[random_() % 4];
      expect_same_bytes(
          {make_pair(type, src, dst, channels, l, to)},
          [&](const backend_table& r, std::span<const image_pair> p) { return r.resize.linear(p, type, rule, {}); },
          name(type, src, dst, channels) + " rule " + std::to_string(int(rule)));
    }
  });
}

// Rows whose pitch or start is no multiple of a word.
TEST_F(cuda_resize, linear_at_any_alignment) {
  for (const element_type type : all_types)
    for (int channels = 1; channels <= 4; ++channels)
      for (int offset = 0; offset < 4; ++offset)
        for (int padding = 0; padding < 4; ++padding) {
          const int bytes = element_size(type);
          const layout l{.offset = offset * bytes, .padding = padding * bytes};
          const layout other =
              random_() % 2 ? l : layout{.offset = (3 - offset) * bytes, .padding = (5 - padding) * bytes};
          for (const auto& [src, dst] :
               {geometry{{64, 9}, {128, 18}}, {{128, 18}, {64, 9}}, {{141, 5}, {211, 9}}, {{309, 6}, {206, 4}}})
            expect_same_bytes(
                {make_pair(type, src, dst, channels, l, other)},
                [&](const backend_table& r, std::span<const image_pair> p) {
                  return r.resize.linear(p, type, coordinates::half_pixel, {});
                },
                name(type, src, dst, channels) + " offset " + std::to_string(offset) + " padding " +
                    std::to_string(padding));
        }
}

TEST_F(cuda_resize, linear_planes_and_images) {
  const layout l{.offset = 4, .padding = 4, .planes = 3, .count = 5};
  for (const element_type type : all_types)
    for (const auto& [src, dst] : {geometry{{36, 20}, {72, 40}}, {{72, 40}, {36, 20}}, {{36, 20}, {50, 30}}})
      expect_same_bytes(
          {make_pair(type, src, dst, 1, l, l)},
          [&](const backend_table& r, std::span<const image_pair> p) {
            return r.resize.linear(p, type, coordinates::half_pixel, {});
          },
          name(type, src, dst, 1));
}

// More pairs than one launch takes, of different sizes, layouts and counts; some empty.
TEST_F(cuda_resize, ragged_batches) {
  for (const element_type type : all_types)
    for (const bool exact : {false, true}) {
      std::vector<block_pair> pairs;
      for (int i = 0; i < 37; ++i) {
        const size src{1 + static_cast<int>(random_() % 90), 1 + static_cast<int>(random_() % 40)};
        const size dst = exact ? size{2 * src.width, 2 * src.height}
                               : size{1 + static_cast<int>(random_() % 200), 1 + static_cast<int>(random_() % 60)};
        layout l = exact ? layout{} : layouts[random_() % 4];
        if (exact) l.padding = (4 - src.width * 4 % 4) % 4;
        l.count = 1 + i % 3;
        pairs.push_back(make_pair(type, src, dst, 4, l, l));
      }
      pairs[5].src.view.count = pairs[5].dst.view.count = 0;
      expect_same_bytes(
          pairs,
          [&](const backend_table& r, std::span<const image_pair> p) {
            return r.resize.linear(p, type, coordinates::half_pixel, {});
          },
          "ragged");
      expect_same_bytes(
          pairs,
          [&](const backend_table& r, std::span<const image_pair> p) {
            return r.resize.nearest(p, element_size(type), coordinates::half_pixel, nearest_rounding::half_up, {});
          },
          "ragged nearest");
    }
}

// All positions of all small ratios, and of large ones whose numerators need 64 bits.
TEST_F(cuda_resize, positions_are_those_of_the_scalar_row) {
  std::vector<geometry> ratios;
  for (int src = 1; src <= 48; ++src)
    for (int dst = 1; dst <= 48; ++dst) ratios.push_back({{src, 1}, {dst, 1}});
  for (int src : {16383, 46341, 65537, 131071})
    for (int dst : {8191, 32767, 46340, 65536, 100003}) ratios.push_back({{src, 1}, {dst, 1}});
  for (const auto& [src, dst] : ratios)
    for (const coordinates rule : {coordinates::half_pixel, coordinates::asymmetric, coordinates::align_corners}) {
      const std::vector<block_pair> pair{make_pair(element_type::u16, src, dst, 1, {}, {})};
      expect_same_bytes(
          pair,
          [&](const backend_table& r, std::span<const image_pair> p) {
            return r.resize.linear(p, element_type::u16, rule, {});
          },
          name(element_type::u16, src, dst, 1));
      for (const nearest_rounding rounding :
           {nearest_rounding::half_up, nearest_rounding::half_down, nearest_rounding::floor, nearest_rounding::ceil})
        expect_same_bytes(
            pair,
            [&](const backend_table& r, std::span<const image_pair> p) {
              return r.resize.nearest(p, 2, rule, rounding, {});
            },
            name(element_type::u16, src, dst, 1) + " rounding " + std::to_string(int(rounding)));
    }
}

void expect_same_recipe(const std::vector<block_pair>& pairs, const resize_recipe& recipe, const std::string& what) {
  expect_same_bytes(
      pairs,
      [&](const backend_table& r, std::span<const image_pair> p) {
        const auto prepared = r.resize.prepare(recipe);
        return prepared ? prepared->run(p, {}) : status::out_of_memory;
      },
      what);
}

TEST_F(cuda_resize, recipes) {
  for_each_geometry([&](element_type type, size src, size dst, int channels) {
    for (const filter f :
         {filter::nearest, filter::bilinear, filter::area, filter::bicubic, filter::lanczos3, filter::spline36})
      for (const antialias a : {antialias::no, antialias::yes}) {
        const bool reduces = dst.width < src.width || dst.height < src.height;
        if (a == antialias::yes && !reduces) continue;  // the recipe is the same
        const resize_geometry g{.src = src, .dst = dst, .channels = channels, .type = type};
        const auto recipe = plan::make_recipe(g, {.filter = f, .antialias = a});
        const layout& l = layouts[random_() % 4];
        expect_same_recipe({make_pair(type, src, dst, channels, l, l)}, recipe,
                           name(type, src, dst, channels) + " filter " + std::to_string(int(f)) + " antialias " +
                               std::to_string(int(a)));
      }
  });
}

// Rows at multiples of 16 bytes, which the tiled kernels read in chunks; results at any address; several planes.
TEST_F(cuda_resize, recipes_by_tiles) {
  for (const element_type type : all_types)
    for (int channels = 1; channels <= 4; ++channels)
      for (const auto& [src, dst] : {geometry{{200, 50}, {67, 17}},
                                     {{333, 40}, {111, 13}},
                                     {{640, 31}, {20, 2}},
                                     {{70, 30}, {150, 61}},
                                     {{129, 17}, {300, 40}},
                                     {{500, 20}, {160, 21}}})
        for (const filter f : {filter::bilinear, filter::area, filter::bicubic, filter::lanczos3}) {
          const resize_geometry g{.src = src, .dst = dst, .channels = channels, .type = type};
          const auto recipe = plan::make_recipe(g, {.filter = f, .antialias = antialias::yes});
          auto padding = [&](size s) { return 15 - (s.width * channels * element_size(type) + 15) % 16; };
          const layout from{.padding = padding(src), .planes = 2};
          const layout to{.offset = random_() % 2 ? 0 : element_size(type), .padding = padding(dst), .planes = 2};
          expect_same_recipe({make_pair(type, src, dst, channels, from, to)}, recipe,
                             name(type, src, dst, channels) + " filter " + std::to_string(int(f)));
        }
}

// Rows that start at any address, read and written: interior columns and both ends.
TEST_F(cuda_resize, recipes_by_tiles_at_any_alignment) {
  for (const element_type type : all_types)
    for (int channels = 1; channels <= 4; ++channels)
      for (const auto& [src, dst] : {geometry{{333, 40}, {111, 13}}, {{67, 31}, {22, 9}}, {{9, 30}, {3, 10}}})
        for (const filter f : {filter::bilinear, filter::lanczos3}) {
          const int bytes = element_size(type);
          const resize_geometry g{.src = src, .dst = dst, .channels = channels, .type = type};
          const auto recipe = plan::make_recipe(g, {.filter = f, .antialias = antialias::yes});
          for (int offset = 0; offset < 16; offset += 3) {
            const layout from{.offset = offset * bytes, .padding = offset % 2 * bytes, .flipped = offset == 9};
            const layout to{.offset = (offset + 1) * bytes, .padding = offset % 4 * bytes, .planes = from.planes};
            expect_same_recipe({make_pair(type, src, dst, channels, from, to)}, recipe,
                               name(type, src, dst, channels) + " offset " + std::to_string(offset));
          }
        }
}

// Prepared resizes of different sizes, filters and channels, more than one launch takes, some of no images.
TEST_F(cuda_resize, recipes_together) {
  for (const element_type type : all_types) {
    std::vector<block_pair> pairs;
    std::vector<resize_recipe> recipes;
    for (int i = 0; i < 75; ++i) {
      const size src{1 + static_cast<int>(random_() % 150), 1 + static_cast<int>(random_() % 40)};
      const bool reduces = i % 3 != 0;
      const size dst{reduces ? 1 + src.width / 2 : 2 * src.width - 1, reduces ? 1 + src.height / 3 : src.height + 1};
      const int channels = i % 7 == 0 ? 1 + i % 5 : 3;
      const filter f = i % 5 == 0 ? filter::area : i % 2 ? filter::bicubic : filter::nearest;
      recipes.push_back(plan::make_recipe({src, dst, channels, type}, {.filter = f, .antialias = antialias::yes}));
      layout l = layouts[random_() % 4];
      l.count = 1 + i % 3;
      pairs.push_back(make_pair(type, src, dst, channels, l, l));
    }
    pairs[5].src.view.count = pairs[5].dst.view.count = 0;
    expect_same_bytes(
        pairs,
        [&](const backend_table& r, std::span<const image_pair> p) {
          std::vector<std::unique_ptr<prepared_resize>> prepared;
          std::vector<prepared_pair> all;
          for (std::size_t i = 0; i < p.size(); ++i) {
            prepared.push_back(r.resize.prepare(recipes[i]));
            all.push_back({prepared.back().get(), p[i]});
          }
          if (r.resize.run_together != nullptr) return r.resize.run_together(all, {});
          for (const auto& [resize, pair] : all)
            if (const status s = resize->run({&pair, 1}, {}); s != status::ok) return s;
          return status::ok;
        },
        "together");
  }
}

// Many images let a launch take the larger tiles, which one small image never gets.
TEST_F(cuda_resize, recipes_by_tiles_of_every_size) {
  auto expect_same = [&](element_type type, const geometry& g, int channels, filter f, int count) {
    const auto recipe = plan::make_recipe({g.src, g.dst, channels, type}, {.filter = f, .antialias = antialias::yes});
    auto padding = [&](size s) { return 15 - (s.width * channels * element_size(type) + 15) % 16; };
    const layout from{.padding = padding(g.src), .count = count}, to{.padding = padding(g.dst), .count = count};
    expect_same_recipe({make_pair(type, g.src, g.dst, channels, from, to)}, recipe,
                       name(type, g.src, g.dst, channels) + " x " + std::to_string(count));
  };
  const geometry enlarged{{70, 75}, {140, 150}}, reduced{{390, 60}, {130, 20}};
  for (int channels = 1; channels <= 4; ++channels) {
    for (const int count : {100, 70, 40}) expect_same(element_type::u8, enlarged, channels, filter::bicubic, count);
    expect_same(element_type::u8, enlarged, channels, filter::lanczos3, 100);
  }
  for (const element_type type : {element_type::u8, element_type::f32})
    for (const int count : {90, 40}) expect_same(type, reduced, 1, filter::bilinear, count);
}

// Planes of floats halved by four taps, forward and as an adjoint, at addresses that its kernel takes and others.
TEST_F(cuda_resize, recipes_that_halve_planes) {
  for (const element_type type : {element_type::f32, element_type::f16, element_type::bf16})
    for (const size to : {size{4, 1}, {8, 2}, {132, 7}, {260, 33}, {128, 64}, {6, 5}}) {
      const size from{2 * to.width, 2 * to.height};
      const resize_geometry forward{.src = to, .dst = from, .channels = 1, .type = type};
      const auto recipes = {plan::adjoint_recipe(forward, coordinates::half_pixel),
                            plan::adjoint_recipe_of_zero_edge(forward),
                            plan::make_recipe({.src = from, .dst = to, .channels = 1, .type = type},
                                              {.filter = filter::bilinear, .antialias = antialias::yes})};
      for (const auto& recipe : recipes)
        for (const layout& l : {layout{.planes = 3, .count = 2}, layout{.padding = 32}, layout{.offset = 4}})
          expect_same_recipe({make_pair(type, from, to, 1, l, l), make_pair(type, from, to, 1, l, l)}, recipe,
                             name(type, from, to, 1));
    }
}

// Footprints that no tile of the fused kernels holds.
TEST_F(cuda_resize, recipes_with_very_long_tables) {
  for (const element_type type : all_types)
    for (const auto& [src, dst] :
         {geometry{{2500, 3}, {1, 2}}, {{5000, 1}, {1, 1}}, {{5000, 1}, {2, 3}}, {{3, 700}, {2, 1}}}) {
      const resize_geometry g{.src = src, .dst = dst, .channels = 5, .type = type};
      const auto recipe = plan::make_recipe(g, {.filter = filter::area});
      expect_same_recipe({make_pair(type, src, dst, 5, {}, {})}, recipe, name(type, src, dst, 5));
    }
}

TEST_F(cuda_resize, recipes_of_video_depths) {
  for (const auto& [src, dst] : geometries)
    for (const filter f : {filter::bilinear, filter::area, filter::lanczos3}) {
      const resize_geometry g{.src = src, .dst = dst, .channels = 2, .type = element_type::u16};
      const auto recipe = plan::make_recipe(g, {.filter = f}, {.bits = 10, .low_zero_bits = 6});
      expect_same_recipe({make_pair(element_type::u16, src, dst, 2, {}, {})}, recipe, "P010");
    }
}

TEST_F(cuda_resize, refuses_nothing_it_was_warmed_up_for) {
  EXPECT_EQ(cuda_warm_up(0), status::ok);
  EXPECT_EQ(cuda_warm_up(static_cast<int>(cuda_devices().devices.size())), status::no_device);
  EXPECT_EQ(cuda()->resize.linear({}, element_type::u8, coordinates::half_pixel, {}), status::ok);
}

}  // namespace
}  // namespace fluxel::kernels
