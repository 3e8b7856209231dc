// SPDX-License-Identifier: Apache-2.0
// Motions that pairs of points were made by are found again, beside outliers and noise; and what is refused.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "fluxel/global_motion.hpp"
#include "fluxel/image.hpp"
#include "tests/support/random.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::rejection;

constexpr int width = 640, height = 480;

struct known_motion {
  motion_model model;
  matrix3x3 matrix;
};
const known_motion known[] = {
    {motion_model::translation, {{1, 0, 7.25, 0, 1, -3.5, 0, 0, 1}}},
    {motion_model::similarity, {{1.02, -0.05, 12, 0.05, 1.02, -20, 0, 0, 1}}},
    {motion_model::affine, {{1.01, 0.04, -5, -0.02, 0.97, 9, 0, 0, 1}}},
    {motion_model::homography, {{1.03, 0.02, -14, 0.01, 0.98, 6, 2e-5, -3e-5, 1}}},
};

struct tracks {
  std::vector<point> from, to;
  std::vector<u8> follows;  ///< whether the pair was made by the motion
};

double uniform(test::random& r) { return static_cast<double>(r.next() >> 11) * 0x1p-53; }

/// Pairs of a motion with noise, uniform within +-`noise` px, and a fraction of pairs that have nothing to do with
/// it.
tracks made_tracks(const matrix3x3& m, int count, double outliers, double noise, std::uint64_t seed = 3) {
  test::random r(seed);
  tracks t;
  for (int i = 0; i < count; ++i) {
    const double x = uniform(r) * width, y = uniform(r) * height;
    point2d to = m.map({float(x), float(y)});
    const bool follows = uniform(r) >= outliers;
    if (follows)
      to = {to.x + noise * (2 * uniform(r) - 1), to.y + noise * (2 * uniform(r) - 1)};
    else
      to = {uniform(r) * width, uniform(r) * height};
    t.from.push_back({float(x), float(y)});
    t.to.push_back({float(to.x), float(to.y)});
    t.follows.push_back(follows);
  }
  return t;
}

/// The largest distance that the two maps have over the image.
double difference(const matrix3x3& a, const matrix3x3& b) {
  double most = 0;
  for (int y = 0; y <= height; y += 40)
    for (int x = 0; x <= width; x += 40) {
      const point2d p = a.map({double(x), double(y)}), q = b.map({double(x), double(y)});
      most = std::max(most, std::hypot(p.x - q.x, p.y - q.y));
    }
  return most;
}

TEST(GlobalMotion, IsFoundExactlyByEveryModelThatContainsIt) {
  for (const known_motion& k : known)
    for (int model = int(k.model); model <= int(motion_model::homography); ++model) {
      const tracks t = made_tracks(k.matrix, 100, 0, 0);
      const auto found = fit_global_motion(t.from, t.to, {}, {.model = motion_model(model)});
      EXPECT_LT(difference(found.matrix, k.matrix), 1e-3) << int(k.model) << " by " << model;
      EXPECT_EQ(found.inliers, 100);
      EXPECT_LT(found.residual, 1e-4);
    }
}

TEST(GlobalMotion, IsNotMovedByOutliers) {
  for (const known_motion& k : known)
    for (const double outliers : {0.2, 0.5, 0.65}) {
      const tracks t = made_tracks(k.matrix, 400, outliers, 0.2);
      std::vector<u8> inliers(t.from.size());
      const auto found = fit_global_motion(t.from, t.to, {}, {.model = k.model, .max_trials = 5000}, inliers);
      EXPECT_LT(difference(found.matrix, k.matrix), 0.25) << int(k.model) << ' ' << outliers;
      int wrong = 0, count = 0;
      for (std::size_t i = 0; i < inliers.size(); ++i) wrong += inliers[i] != t.follows[i], count += inliers[i];
      EXPECT_LE(wrong, 2);  // an outlier may lie within the threshold by chance
      EXPECT_EQ(count, found.inliers);
      EXPECT_NEAR(found.residual, 0.2 * std::sqrt(2. / 3), 0.02);
    }
}

TEST(GlobalMotion, PrefersTheLargerOfTwoMotions) {
  const matrix3x3 background{{1, 0, 4, 0, 1, 1, 0, 0, 1}}, object{{1, 0, -9, 0, 1, 3, 0, 0, 1}};
  tracks t = made_tracks(background, 220, 0, 0.1), other = made_tracks(object, 150, 0, 0.1, 8);
  t.from.insert(t.from.end(), other.from.begin(), other.from.end());
  t.to.insert(t.to.end(), other.to.begin(), other.to.end());
  for (const auto model : {motion_model::translation, motion_model::similarity, motion_model::homography})
    EXPECT_LT(difference(fit_global_motion(t.from, t.to, {}, {.model = model}).matrix, background), 0.3);
}

TEST(GlobalMotion, SameSeedSameBitsAndAnotherSeedAboutTheSame) {
  const tracks t = made_tracks(known[3].matrix, 300, 0.4, 0.3);
  const auto a = fit_global_motion(t.from, t.to), b = fit_global_motion(t.from, t.to);
  EXPECT_EQ(a.matrix, b.matrix);
  EXPECT_LT(difference(fit_global_motion(t.from, t.to, {}, {.seed = 99}).matrix, a.matrix), 0.05);
}

TEST(GlobalMotion, SaysWhenNothingIsDetermined) {
  std::vector<point> same(50, {3, 4}), line;
  for (int i = 0; i < 50; ++i) line.push_back({float(i), float(2 * i)});
  for (const auto& points : {same, line}) {
    const auto found = fit_global_motion(points, points, {}, {.model = motion_model::homography});
    EXPECT_EQ(found.inliers, 0);
    EXPECT_EQ(found.matrix, matrix3x3{});
  }
  EXPECT_EQ(fit_global_motion(line, line, {}, {.model = motion_model::similarity}).inliers, 50);
  EXPECT_EQ(fit_global_motion(same, same, {}, {.model = motion_model::translation}).inliers, 50);
  const std::span<const point> three(line.data(), 3);
  EXPECT_EQ(fit_global_motion(three, three).inliers, 0);
  EXPECT_EQ(fit_global_motion(std::span<const point>{}, std::span<const point>{}).pairs, 0);
}

TEST(GlobalMotion, LeavesOutLostPointsAndCoordinatesThatAreNone) {
  tracks t = made_tracks(known[1].matrix, 100, 0, 0);
  std::vector<track_status> status(100, track_status::tracked);
  status[5] = track_status::flat;
  t.from[9].x = std::numeric_limits<float>::quiet_NaN();
  t.to[11].y = std::numeric_limits<float>::infinity();
  t.from[13].x = t.to[13].x = 3e30f;
  std::vector<u8> inliers(100);
  const auto found = fit_global_motion(t.from, t.to, status, {.model = motion_model::similarity}, inliers);
  EXPECT_EQ(found.pairs, 96);
  EXPECT_EQ(found.inliers, 96);
  for (const int i : {5, 9, 11, 13}) EXPECT_EQ(inliers[i], 0);
  EXPECT_LT(difference(found.matrix, known[1].matrix), 1e-3);
}

TEST(GlobalMotion, OfADenseFlow) {
  for (const int channels : {1, 2}) {
    image<f32> flow(200, 120, channels, 2 / channels);
    image<u8> validity(200, 120);
    for (int y = 0; y < 120; ++y)
      for (int x = 0; x < 200; ++x) {
        const point2d to = known[2].matrix.map({double(x), double(y)});
        const bool valid = x < 150;  // the others lead astray
        validity(x, y) = valid ? 0 : 3;
        const float u = valid ? float(to.x - x) : 30.f, v = valid ? float(to.y - y) : -30.f;
        if (channels == 2)
          flow(x, y, 0) = u, flow(x, y, 1) = v;
        else
          flow.data()[y * 200 + x] = u, flow.data()[(120 + y) * 200 + x] = v;
      }
    const auto found = fit_global_motion(flow.view(), validity.view(), {.model = motion_model::affine});
    EXPECT_LT(difference(found.matrix, known[2].matrix), 1e-3);
    EXPECT_EQ(found.pairs, found.inliers);
    EXPECT_LE(found.pairs, 4096);
    EXPECT_EQ(found.pairs, 50 * 40);  // every third in both directions
  }
}

TEST(Matrix3x3, InverseAndProduct) {
  for (const known_motion& k : known) {
    EXPECT_LT(difference(inverse(k.matrix) * k.matrix, {}), 1e-9);
    EXPECT_EQ(inverse(k.matrix)(2, 2), 1);
  }
  EXPECT_FALSE(std::isfinite(inverse({{1, 2, 0, 2, 4, 0, 0, 0, 1}})(0, 0)));
}

TEST(GlobalMotion, NamesWhatIsWrong) {
  const std::vector<point> p(5);
  const auto said = [&](const motion_options& o) { return rejection([&] { fit_global_motion(p, p, {}, o); }); };
  EXPECT_EQ(said({.model = motion_model(4)}),
            "fit_global_motion: options.model: is not one of translation, similarity, affine and homography");
  EXPECT_EQ(said({.threshold = -1}), "fit_global_motion: options.threshold: is -1.000000; must be above 0, to 1000");
  EXPECT_EQ(said({.max_trials = 0}), "fit_global_motion: options.max_trials: is 0; must be 1 to 1,000,000");
  EXPECT_EQ(said({.confidence = 1}), "fit_global_motion: options.confidence: is 1.000000; must be between 0 and 1");
  const std::vector<point> four(4);
  EXPECT_EQ(rejection([&] { fit_global_motion(p, four); }), "fit_global_motion: to: has 4 elements, but from has 5");
  std::vector<u8> inliers(3);
  EXPECT_EQ(rejection([&] { fit_global_motion(p, p, {}, {}, inliers); }),
            "fit_global_motion: inliers: has 3 elements, but from has 5");
  const image<f32> flow(8, 8, 3);
  EXPECT_EQ(rejection([&] { fit_global_motion(flow.view()); }),
            "fit_global_motion: flow: must have 2 channels, or 2 planes of one");
  const image<f32> good(8, 8, 2);
  const image<u8> small(7, 8);
  EXPECT_EQ(rejection([&] { fit_global_motion(good.view(), small.view()); }),
            "fit_global_motion: validity: is not as large as flow");
  auto elsewhere = good.view();
  elsewhere.memory = memory_kind::device;
  EXPECT_EQ(rejection([&] { fit_global_motion(elsewhere); }),
            "fit_global_motion: flow.memory: is a device's; must be the host's");
}

}  // namespace
