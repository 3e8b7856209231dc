// SPDX-License-Identifier: Apache-2.0
#include "host/motion/registration/coarse_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace fluxel::host {

namespace {

constexpr int longest = 64;
constexpr double farthest = 0.6;       ///< shift, of the sides
constexpr double least_overlap = 0.2;  ///< of the reference
constexpr std::size_t kept = 6;
constexpr int peaks_of_a_turn = 3, apart = 3;  ///< the second: reduced pixels between two of them

/// Grey around 0 as small integers, whose sums are exact in any order; 0 where there is nothing.
struct small_picture {
  int width = 0, height = 0;
  std::vector<std::int16_t> grey;
  std::vector<std::int16_t> there;  ///< 1 or 0
  const std::int16_t* row(const std::vector<std::int16_t>& v, int y) const {
    return v.data() + std::size_t(y) * width;
  }
};

small_picture integers_of(const grey_picture& p) {
  small_picture s{p.extent.width, p.extent.height, {}, std::vector<std::int16_t>(p.pixels.size(), 1)};
  for (const f32 v : p.pixels) s.grey.push_back(static_cast<std::int16_t>(std::floor(v + 0.5) - 128));
  return s;
}

/// The picture at m(x), bilinear, on an area of the reference's size and beyond it on every side.
small_picture mapped(const grey_picture& from, const matrix3x3& m, int width, int height) {
  small_picture s{width, height, {}, {}};
  const int w = from.extent.width, h = from.extent.height;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const point2d at = m.map({double(x), double(y)});
      const bool inside = at.x >= 0 && at.y >= 0 && at.x <= w - 1 && at.y <= h - 1;
      double v = 128;
      if (inside) {
        const int i = std::min(int(at.x), std::max(0, w - 2)), j = std::min(int(at.y), std::max(0, h - 2));
        const double fx = at.x - i, fy = at.y - j;
        const auto pixel = [&](int a, int b) {
          return double(from.pixels[std::size_t(std::min(b, h - 1)) * w + std::min(a, w - 1)]);
        };
        v = (1 - fy) * ((1 - fx) * pixel(i, j) + fx * pixel(i + 1, j)) +
            fy * ((1 - fx) * pixel(i, j + 1) + fx * pixel(i + 1, j + 1));
      }
      s.grey.push_back(static_cast<std::int16_t>(std::floor(v + 0.5) - 128));
      s.there.push_back(inside ? 1 : 0);
    }
  return s;
}

struct overlap_sums {
  std::int32_t products = 0, squares_a = 0, squares_b = 0, pixels = 0;
};

/// Of the reference at x and the picture at x + shift.
overlap_sums sums_of(const small_picture& a, const small_picture& b, int dx, int dy) {
  overlap_sums s;
  const int left = std::max(0, -dx), right = std::min(a.width, b.width - dx);
  for (int y = std::max(0, -dy); y < std::min(a.height, b.height - dy); ++y) {
    const std::int16_t *p = a.row(a.grey, y), *q = b.row(b.grey, y + dy) + dx, *there = b.row(b.there, y + dy) + dx;
    for (int x = left; x < right; ++x) {
      s.products += p[x] * q[x];
      s.squares_a += p[x] * p[x] * there[x];
      s.squares_b += q[x] * q[x];
      s.pixels += there[x];
    }
  }
  return s;
}

/// A correlation is believed the more, the more of the pictures it is taken over.
double score_of(const overlap_sums& s, double all) {
  if (s.pixels < least_overlap * all || s.squares_a == 0 || s.squares_b == 0 || s.products <= 0) return 0;
  return s.products / (std::sqrt(double(s.squares_a)) * std::sqrt(double(s.squares_b))) * std::sqrt(s.pixels / all);
}

struct candidate {
  double score = 0;
  matrix3x3 to_picture;  ///< reduced pixels to reduced pixels
};

struct turn {
  double cosine, sine;
};

/// Cosines and sines of every 12 degrees from -180, written down: those of the C library differ in their last bits.
std::vector<turn> turns(bool all) {
  constexpr std::array<turn, 16> half{{{1, 0},
                                       {0.9781476007338057, 0.20791169081775934},
                                       {0.9135454576426009, 0.40673664307580015},
                                       {0.8090169943749475, 0.5877852522924731},
                                       {0.6691306063588582, 0.7431448254773942},
                                       {0.5, 0.8660254037844386},
                                       {0.30901699437494745, 0.9510565162951535},
                                       {0.10452846326765347, 0.9945218953682733},
                                       {-0.10452846326765347, 0.9945218953682733},
                                       {-0.30901699437494745, 0.9510565162951535},
                                       {-0.5, 0.8660254037844386},
                                       {-0.6691306063588582, 0.7431448254773942},
                                       {-0.8090169943749475, 0.5877852522924731},
                                       {-0.9135454576426009, 0.40673664307580015},
                                       {-0.9781476007338057, 0.20791169081775934},
                                       {-1, 0}}};
  std::vector<turn> list;
  for (const turn& t : half) {
    if (!all && t.cosine < 0.8) break;
    list.push_back(t);
    if (t.sine > 0) list.push_back({t.cosine, -t.sine});
  }
  return list;
}

/// Turned and scaled about the middles of both.
matrix3x3 about_middles(const grey_picture& a, const grey_picture& b, const turn& t, double scale, double aspect) {
  const double c = t.cosine * scale, s = t.sine * scale;
  const matrix3x3 from{{1, 0, -(a.extent.width - 1) / 2.0, 0, 1, -(a.extent.height - 1) / 2.0, 0, 0, 1}};
  const matrix3x3 turned{{c, -s / aspect, 0, s * aspect, c, 0, 0, 0, 1}};
  const matrix3x3 to{{1, 0, (b.extent.width - 1) / 2.0, 0, 1, (b.extent.height - 1) / 2.0, 0, 0, 1}};
  return to * turned * from;
}

void search_shifts(const small_picture& reference, const grey_picture& picture, const matrix3x3& m,
                   std::vector<candidate>& found) {
  // The picture lies on an area as large as all shifts together need.
  const int reach_x = int(farthest * std::max(reference.width, picture.extent.width));
  const int reach_y = int(farthest * std::max(reference.height, picture.extent.height));
  const matrix3x3 margin{{1, 0, double(-reach_x), 0, 1, double(-reach_y), 0, 0, 1}};
  const small_picture b = mapped(picture, m * margin, reference.width + 2 * reach_x, reference.height + 2 * reach_y);
  const double all = double(reference.width) * reference.height;
  const int columns = 2 * reach_x + 1, rows = 2 * reach_y + 1;
  std::vector<double> scores;
  for (int j = 0; j < rows; ++j)
    for (int i = 0; i < columns; ++i) scores.push_back(score_of(sums_of(reference, b, i, j), all));
  for (int peak = 0; peak < peaks_of_a_turn; ++peak) {
    const auto best = std::max_element(scores.begin(), scores.end());
    if (*best <= 0) return;
    const int i = int(best - scores.begin()) % columns, j = int(best - scores.begin()) / columns;
    const matrix3x3 shift{{1, 0, double(i - reach_x), 0, 1, double(j - reach_y), 0, 0, 1}};
    found.push_back({*best, m * shift});
    for (int y = std::max(0, j - apart); y <= std::min(rows - 1, j + apart); ++y)
      for (int x = std::max(0, i - apart); x <= std::min(columns - 1, i + apart); ++x)
        scores[std::size_t(y) * columns + x] = 0;
  }
}

}  // namespace

std::vector<matrix3x3> coarse_search(const grey_picture& reference, const grey_picture& picture, coarse_motion tried,
                                     double pixel_aspect) {
  const grey_picture a = reduced(reference, longest);
  grey_picture b = reduced(picture, longest);
  const small_picture integers = integers_of(a);
  // Pixels of both mean lengths of the whole pictures.
  const double same_size = double(a.reduced_by) / b.reduced_by;
  std::vector<candidate> found;
  if (tried == coarse_motion::shifts) {
    search_shifts(integers, b, about_middles(a, b, {1, 0}, same_size, 1), found);
  } else {
    for (const turn& t : turns(true))
      search_shifts(integers, b, about_middles(a, b, t, same_size, pixel_aspect), found);
    for (const double scale : {0.8, 1.25})
      for (const turn& t : turns(false))
        search_shifts(integers, b, about_middles(a, b, t, same_size * scale, pixel_aspect), found);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& p, const auto& q) { return p.score > q.score; });
  if (found.size() > kept) found.resize(kept);
  std::vector<matrix3x3> maps;
  for (const candidate& c : found) maps.push_back(b.to_whole() * c.to_picture * inverse(a.to_whole()));
  return maps;
}

}  // namespace fluxel::host
