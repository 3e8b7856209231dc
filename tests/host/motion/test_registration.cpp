// SPDX-License-Identifier: Apache-2.0
// Known maps between generated pictures are found to a twentieth of a pixel, whatever the samples, the exposure and
// how far they are; resampled pictures lie on the reference; what is no picture of the same scene is not found.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/owned_frame.hpp"
#include "fluxel/registration.hpp"
#include "tests/support/natural_texture.hpp"
#include "tests/support/random.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::rejection;

constexpr size picture_size{320, 240};
constexpr placement on_cpu{.processor = run_on::cpu};

frame_format packed(size s, int channels, int bit_depth = 8) {
  frame_format f{.width = s.width, .height = s.height, .plane_count = 1, .bit_depth = bit_depth};
  f.planes[0].channels = channels;
  f.matrix = color_matrix::rgb;
  if (channels == 4) f.alpha = alpha::straight;
  return f;
}

/// Value of each sample in [0, 1], at its place in luma pixels.
using scene = std::function<double(double x, double y, int plane, int channel)>;

owned_frame frame_of(const frame_format& format, const scene& value) {
  owned_frame frame(format);
  for (int p = 0; p < format.plane_count; ++p) {
    const size s = format.plane_size(p);
    const int channels = format.planes[p].channels, step = format.planes[p].subsampled ? 2 : 1;
    for (int y = 0; y < s.height; ++y) {
      auto* row = static_cast<std::byte*>(frame.view().data[p]) + y * frame.view().pitch[p];
      for (int i = 0; i < s.width * channels; ++i) {
        const double v = value(i / channels * step, y * step + (step - 1) / 2.0, p, i % channels);
        const double top = (1 << format.bit_depth) - 1;
        if (format.floating)
          reinterpret_cast<f32*>(row)[i] = f32(v);
        else if (format.bit_depth == 8)
          reinterpret_cast<u8*>(row)[i] = u8(std::lround(std::clamp(v, 0.0, 1.0) * top));
        else
          reinterpret_cast<u16*>(row)[i] = u16(std::lround(std::clamp(v, 0.0, 1.0) * top));
      }
    }
  }
  return frame;
}

/// The texture as seen after `map`: the pixel at map(x) shows what the reference has at x.
scene seen(const test::natural_texture& t, const matrix3x3& map, double gain = 1, double offset = 0) {
  const matrix3x3 back = inverse(map);
  return [=](double x, double y, int, int) {
    const point2d at = back.map({x, y});
    return gain * t.at(at.x + 3000, at.y + 2000) / 255 + offset;
  };
}

/// Largest distance of the maps over the reference.
double largest_error(const matrix3x3& a, const matrix3x3& b, size s) {
  double most = 0;
  for (int j = 0; j <= 4; ++j)
    for (int i = 0; i <= 4; ++i) {
      const point2d at{i * (s.width - 1) / 4.0, j * (s.height - 1) / 4.0}, p = a.map(at), q = b.map(at);
      most = std::max(most, std::hypot(p.x - q.x, p.y - q.y));
    }
  return most;
}

double error_of(const frame_format& format, const matrix3x3& map, motion_model model, double gain = 1,
                double offset = 0) {
  const test::natural_texture t(7);
  registration object(frame_of(format, seen(t, {})).view(), {.model = model}, on_cpu);
  const global_motion found = object.run(frame_of(format, seen(t, map, gain, offset)).view());
  EXPECT_GT(found.inliers, 0);
  return largest_error(found.matrix, map, {format.width, format.height});
}

matrix3x3 turned(double degrees, double scale, double dx, double dy) {
  const double c = scale * std::cos(degrees / 57.29577951308232), s = scale * std::sin(degrees / 57.29577951308232);
  const double x = 159.5, y = 119.5;
  return {{c, -s, x + dx - c * x + s * y, s, c, y + dy - s * x - c * y, 0, 0, 1}};
}

constexpr matrix3x3 tilted{{1.02, 0.03, -4.3, -0.02, 0.97, 6.7, 6e-5, -4e-5, 1}};

TEST(Registration, FindsKnownMaps) {
  const frame_format grey = packed(picture_size, 1);
  EXPECT_LT(error_of(grey, {}, motion_model::homography), 0.01);
  EXPECT_LT(error_of(grey, {{1, 0, 3.37, 0, 1, -2.61, 0, 0, 1}}, motion_model::translation), 0.05);
  EXPECT_LT(error_of(grey, turned(3, 1.03, 2.5, -7.2), motion_model::similarity), 0.05);
  EXPECT_LT(error_of(grey, {{1.03, 0.02, -5, -0.04, 0.96, 8, 0, 0, 1}}, motion_model::affine), 0.05);
  EXPECT_LT(error_of(grey, tilted, motion_model::homography), 0.05);
}

TEST(Registration, FindsWhatIsFar) {
  const frame_format grey = packed(picture_size, 1);
  for (const auto& shift : {point2d{107, 0}, {-107, 20}, {0, 80}, {90, -70}})
    EXPECT_LT(error_of(grey, {{1, 0, shift.x + 0.3, 0, 1, shift.y - 0.4, 0, 0, 1}}, motion_model::translation), 0.05)
        << shift.x << ' ' << shift.y;
  EXPECT_LT(error_of(grey, turned(37, 1, 20, -11), motion_model::similarity), 0.05);
  EXPECT_LT(error_of(grey, turned(-90, 1, 0, 0), motion_model::similarity), 0.05);
  EXPECT_LT(error_of(grey, turned(171, 1.1, 5, 9), motion_model::affine), 0.1);
  EXPECT_LT(error_of(grey, turned(10, 0.77, 30, 20), motion_model::homography), 0.15);
}

TEST(Registration, TakesEveryKindOfSamples) {
  const test::natural_texture t(7);
  frame_format floating = packed(picture_size, 3);
  floating.floating = true;
  for (const frame_format& f : {packed(picture_size, 1, 16), packed(picture_size, 2), packed(picture_size, 3),
                                packed(picture_size, 4), packed(picture_size, 4, 16),
                                formats::yuv(picture_size, 1, 1), formats::yuv(picture_size, 0, 0, 10), floating})
    EXPECT_LT(error_of(f, tilted, motion_model::homography), 0.05)
        << f.planes[0].channels << ' ' << f.bit_depth << ' ' << f.plane_count;
}

TEST(Registration, ExposureDoesNotMatter) {
  const frame_format grey = packed(picture_size, 1, 16);
  for (const double gain : {0.2, 0.6, 1.3})
    EXPECT_LT(error_of(grey, tilted, motion_model::homography, gain, 0.02), 0.05) << gain;
  frame_format floating = packed(picture_size, 3);
  floating.floating = true;
  EXPECT_LT(error_of(floating, tilted, motion_model::homography, 40), 0.05);
}

/// Coarse ground, and before it something finely textured, of more corners than the ground, that moves otherwise.
scene with_front(const matrix3x3& ground, const matrix3x3& front) {
  const test::natural_texture coarse(7), fine(9);
  const matrix3x3 to_ground = inverse(ground), to_front = inverse(front);
  return [=](double x, double y, int, int) {
    const point2d p = to_front.map({x, y}), q = to_ground.map({x, y});
    const bool is_front = p.x >= 75 && p.x < 245 && p.y >= 50 && p.y < 190;
    return (is_front ? fine.at(p.x + 3000, p.y + 2000) : coarse.at(q.x / 3 + 3000, q.y / 3 + 2000)) / 255;
  };
}

TEST(Registration, FollowsTheGroundWhateverIsBeforeIt) {
  const frame_format grey = packed(picture_size, 1);
  const matrix3x3 front{{1, 0, -5.4, 0, 1, 4.2, 0, 0, 1}}, shift{{1, 0, 3.3, 0, 1, -2.6, 0, 0, 1}};
  const auto found = [&](const matrix3x3& ground, motion_model model) {
    registration object(frame_of(grey, with_front({}, {})).view(), {.model = model}, on_cpu);
    const global_motion m = object.run(frame_of(grey, with_front(ground, front)).view());
    return largest_error(m.matrix, ground, picture_size);
  };
  EXPECT_LT(found(shift, motion_model::translation), 0.1);
  EXPECT_LT(found(turned(1, 1.01, 2.5, -3.2), motion_model::similarity), 0.2);
  EXPECT_LT(found(shift, motion_model::affine), 0.2);
  EXPECT_LT(found(shift, motion_model::homography), 0.3);
}

TEST(Registration, DoesNotFindAnotherScene) {
  const frame_format grey = packed(picture_size, 1);
  const test::natural_texture a(7), b(8);
  registration object(frame_of(grey, seen(a, {})).view(), {}, on_cpu);
  const global_motion other = object.run(frame_of(grey, seen(b, {})).view());
  EXPECT_EQ(other.inliers, 0);
  EXPECT_EQ(other.matrix, matrix3x3{});
  const auto flat = [](double, double, int, int) { return 0.5; };
  EXPECT_EQ(object.run(frame_of(grey, flat).view()).inliers, 0);
  EXPECT_EQ(registration(frame_of(grey, flat).view(), {}, on_cpu).run(frame_of(grey, flat).view()).inliers, 0);
  test::random r(5);
  const auto noise = [&](double, double, int, int) { return double(r.next() >> 56) / 255; };
  EXPECT_EQ(object.run(frame_of(grey, noise).view()).inliers, 0);
  const global_motion again = object.run(frame_of(grey, seen(a, tilted)).view());
  EXPECT_LT(largest_error(again.matrix, tilted, picture_size), 0.05);
}

TEST(Registration, TakesPicturesOfOtherSizes) {
  const test::natural_texture t(7);
  registration object(frame_of(packed(picture_size, 1), seen(t, {})).view(), {}, on_cpu);
  const matrix3x3 map{{1, 0.01, 61.3, -0.01, 1, 20.2, 0, 0, 1}};
  const owned_frame larger = frame_of(packed({420, 300}, 3), seen(t, map));
  const global_motion found = object.run(larger.view());
  EXPECT_LT(largest_error(found.matrix, map, picture_size), 0.05);
  owned_frame out(packed(picture_size, 3));
  image<u8> covered(picture_size.width, picture_size.height);
  object.resample(larger.view(), found.matrix, out.view(), covered.view());
  for (int y = 0; y < picture_size.height; ++y)
    for (int x = 0; x < picture_size.width; ++x) ASSERT_EQ(covered(x, y), 255);
}

/// Root mean square of luma differences where `covered`, grey levels.
double difference(const owned_frame& a, const owned_frame& b, const image<u8>& covered) {
  double sum = 0, n = 0;
  for (int y = 0; y < a.format().height; ++y) {
    const auto* p = static_cast<const u8*>(a.view().data[0]) + y * a.view().pitch[0];
    const auto* q = static_cast<const u8*>(b.view().data[0]) + y * b.view().pitch[0];
    for (int x = 0; x < a.format().width; ++x)
      if (covered(x, y)) sum += std::pow(double(p[x]) - q[x], 2), ++n;
  }
  return std::sqrt(sum / n);
}

TEST(Registration, ResampledPicturesLieOnTheReference) {
  const frame_format f = formats::yuv(picture_size, 1, 1);
  const test::natural_texture t(7);
  const owned_frame reference = frame_of(f, seen(t, {})), moved = frame_of(f, seen(t, tilted));
  registration object(reference.view(), {}, on_cpu);
  owned_frame out(f);
  image<u8> covered(picture_size.width, picture_size.height);
  object.resample(moved.view(), object.run(moved.view()).matrix, out.view(), covered.view());
  EXPECT_LT(difference(out, reference, covered), 2.5);
  EXPECT_GT(difference(moved, reference, covered), 7);
  for (int y = 0; y < picture_size.height; ++y)
    for (int x = 0; x < picture_size.width; ++x) {
      const point2d at = tilted.map({double(x), double(y)});
      const double inside = std::min({at.x, at.y, 319 - at.x, 239 - at.y});
      if (std::abs(inside + 0.5) > 0.1) {
        ASSERT_EQ(covered(x, y), inside > -0.5 ? 255 : 0) << x << ' ' << y;
      }
      if (!covered(x, y)) {
        ASSERT_EQ(static_cast<const u8*>(out.view().data[0])[y * out.view().pitch[0] + x], 0);
      }
    }
}

TEST(Registration, FollowsWhatTheModelCannot) {
  const frame_format f = packed(picture_size, 1);
  const test::natural_texture t(7);
  const auto bent = [&](double x, double y, int, int) {
    return t.at(x + 3 * std::sin(y / 30) + 3002, y + 2 * std::sin(x / 40) + 2000) / 255;
  };
  const owned_frame reference = frame_of(f, seen(t, {})), moved = frame_of(f, bent);
  const auto left = [&](local_motion local) {
    registration object(reference.view(), {.local = local, .threshold = 6}, on_cpu);
    owned_frame out(f);
    image<u8> covered(picture_size.width, picture_size.height);
    object.resample(moved.view(), object.run(moved.view()).matrix, out.view(), covered.view());
    return difference(out, reference, covered);
  };
  EXPECT_LT(left(local_motion::follow), 0.3 * left(local_motion::ignore));
}

TEST(Registration, SameBytesOnEveryProcessor) {
  const frame_format f = packed(picture_size, 3);
  const test::natural_texture t(7);
  const owned_frame reference = frame_of(f, seen(t, {})), moved = frame_of(f, seen(t, tilted, 0.7));
  const registration_options options{.local = local_motion::follow};
  const auto result = [&](const placement& where) {
    registration object(reference.view(), options, where);
    const global_motion m = object.run(moved.view());
    owned_frame out(f);
    object.resample(moved.view(), m.matrix, out.view());
    std::string bytes(reinterpret_cast<const char*>(m.matrix.m.data()), sizeof m.matrix.m);
    return bytes + std::string(static_cast<const char*>(out.view().data[0]), 320 * 240 * 3);
  };
  const std::string one = result({.processor = run_on::cpu, .threads = 1});
  EXPECT_EQ(one, result(on_cpu));
  if (device_count() == 0) GTEST_SKIP() << no_device_reason();
  EXPECT_EQ(one, result({.processor = run_on::cuda}));
}

TEST(Registration, NamesWhatIsWrong) {
  owned_frame frame(packed(picture_size, 1)), other(packed({64, 64}, 1)), color(packed(picture_size, 3));
  const auto said = [&](const registration_options& o) {
    return rejection([&] { registration(frame.view(), o, on_cpu); });
  };
  EXPECT_EQ(said({.threshold = 0}), "registration: options.threshold: is 0; must be 0.1 to 100");
  EXPECT_EQ(said({.model = motion_model(4)}),
            "registration: options.model: is not one of translation, similarity, affine and homography");
  registration object(frame.view(), {}, on_cpu);
  EXPECT_EQ(rejection([&] { object.resample(frame.view(), {}, other.view()); }),
            "registration: out: is not as large as the reference");
  EXPECT_EQ(rejection([&] { object.resample(color.view(), {}, frame.view()); }),
            "registration: out: has other samples than picture");
  EXPECT_EQ(rejection([&] { object.run({}); }), "registration: picture: is not a frame");
}

}  // namespace
