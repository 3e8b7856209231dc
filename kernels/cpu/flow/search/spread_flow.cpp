// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/flow/search/spread_flow.hpp"

#include <algorithm>

#include "kernels/common/flow/spreading.hpp"
#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

namespace {

using vectors = const std::int16_t*;

struct spreading_rows {
  const spread_flow_pixel& step;
  int n;

  int width() const { return step.from.u.width; }
  int height() const { return step.from.u.height; }
  vectors u(int y) const { return row_at(step.from.u, n, y); }
  vectors v(int y) const { return row_at(step.from.v, n, y); }

  /// |= 1 where a vector is news beside one in another row or at another place.
  static void note_news(vectors u, vectors v, vectors other_u, vectors other_v, int count, u8* news) {
    for (int x = 0; x < count; ++x) {
      const int du = other_u[x] - u[x], dv = other_v[x] - v[x];
      news[x] |= static_cast<u8>((du >= least_news) | (du <= -least_news) | (dv >= least_news) | (dv <= -least_news));
    }
  }
  void note_coarser(int y, int first, int last, u8* news) const {
    for (int x = first; x < last; ++x) {
      const auto c = step.coarser(n, x, y);
      news[x] |= static_cast<u8>(is_news(c.u - u(y)[x], c.v - v(y)[x]));
    }
  }
  /// Pixels from `first` to `last` of a row that may change; those at the frame's sides always may.
  void note(int y, int first, int last, u8* news) const {
    const int d = step.how.distance;
    std::fill(news + first, news + last, u8{0});
    if (step.how.fills) {
      for (int x = first; x < last; ++x) news[x] = u(y)[x] == no_vector;
      return;
    }
    const int inner = std::max(first, d), end = std::min(last, width() - d);
    std::fill(news + first, news + std::clamp(d, first, last), u8{1});
    std::fill(news + std::clamp(width() - d, first, last), news + last, u8{1});
    for (const int j : {y - d, y, y + d})
      for (const int i : {-d, 0, d}) {
        if (j < 0 || j >= height() || inner >= end || (i == 0 && j == y)) continue;
        note_news(u(y) + inner, v(y) + inner, u(j) + inner + i, v(j) + inner + i, end - inner, news + inner);
      }
    if (step.how.coarse.u.data != nullptr) note_coarser(y, first, last, news);
  }
  void look(int y, int first, int last, u8* news) const {
    note(y, first, last, news);
    for (int x = first; x < last; ++x)
      if (news[x] != 0) step(n, x, y);
  }
  void run(int first, int last) const {
    working_vector<u8> news(static_cast<std::size_t>(width()));
    const auto& regions = step.how.regions;
    for (int y = first; y < last; ++y) {
      std::copy_n(u(y), width(), row_at(step.to.u, n, y));
      std::copy_n(v(y), width(), row_at(step.to.v, n, y));
      if (regions.data == nullptr) {
        look(y, 0, width(), news.data());
        continue;
      }
      const u8* marked = row_at(regions, n, cell_of(y, regions.height, height()));
      for (int c = 0; c < regions.width; ++c) {
        const auto pixels = pixels_of_cells(c, c, regions.width, width());
        if (marked[c] != 0) look(y, pixels.first, pixels.last, news.data());
      }
    }
  }
};

}  // namespace

status spread_flow_in_bands(const flow_frames& frames, const flow_spread& how, const flow_planes& from,
                            const flow_planes& to, const launch_options& launch) {
  const spread_flow_pixel step(frames, how, from, to);
  for_bands(to.u, launch, [&](int n, int first, int last) { spreading_rows{step, n}.run(first, last); });
  return status::ok;
}

}  // namespace fluxel::kernels
