// SPDX-License-Identifier: Apache-2.0
// Block matching on the CPU: for each displacement the sums of a band's windows, which move down with the columns'
// sums kept. Displacements come in the order of block_match, so that the first of the best ones stays.

#include <algorithm>

#include "kernels/common/flow/matching.hpp"
#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/match_rows.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

namespace {

constexpr int side = 2 * block_radius + 1;

struct displacement {
  std::int16_t x, y;
  std::uint64_t key() const { return block_match::of(0, x, y, 1).key; }
};

working_vector<displacement> displacements(int radius) {
  working_vector<displacement> all;
  all.reserve(std::size_t(2 * radius + 1) * (2 * radius + 1));
  for (int y = -radius; y <= radius; ++y)
    for (int x = -radius; x <= radius; ++x)
      all.push_back({static_cast<std::int16_t>(x), static_cast<std::int16_t>(y)});
  std::sort(all.begin(), all.end(), [](const displacement& a, const displacement& b) { return a.key() < b.key(); });
  return all;
}

/// Grey levels of one image with the border repeated block_radius times.
class bordered_bytes {
 public:
  bordered_bytes(const plane<const u16>& p, int n)
      : pitch_(p.width + 2 * block_radius), bytes_(std::size_t(pitch_) * (p.height + 2 * block_radius)) {
    for (int y = -block_radius; y < p.height + block_radius; ++y) {
      u8* const row = bytes_.data() + std::ptrdiff_t{y + block_radius} * pitch_ + block_radius;
      flow_match_rows().to_bytes(row_at(p, n, clamp_index(y, p.height)), p.width, row);
      for (int i = 1; i <= block_radius; ++i) row[-i] = row[0], row[p.width - 1 + i] = row[p.width - 1];
    }
  }
  /// From `x` on, both counted from the border's beginning.
  const u8* at(int x, int y) const { return bytes_.data() + std::ptrdiff_t{y} * pitch_ + x; }

 private:
  int pitch_;
  working_vector<u8> bytes_;
};

struct search {
  const bordered_bytes &from, &to;
  const working_vector<displacement>& tried;
  int direction, width, height;
  plane<std::int16_t> u, v;
  int n;

  /// The best displacements of the rows from `first` to `last`.
  void run(int first, int last) const {
    working_vector<u16> best(std::size_t(width) * (last - first), u16{0xffff}), index(best.size());
    working_vector<u16> columns(width + 2 * block_radius);
    for (std::size_t k = 0; k < tried.size(); ++k) try_one(static_cast<int>(k), first, last, best, index, columns);
    for (int y = first; y < last; ++y)
      for (int x = 0; x < width; ++x) {
        const displacement d = tried[index[std::size_t(y - first) * width + x]];
        row_at(u, n, y)[x] = static_cast<std::int16_t>(direction * d.x * flow_one);
        row_at(v, n, y)[x] = static_cast<std::int16_t>(direction * d.y * flow_one);
      }
  }

 private:
  void try_one(int k, int first, int last, working_vector<u16>& best, working_vector<u16>& index,
               working_vector<u16>& columns) const {
    const int dx = direction * tried[k].x, dy = direction * tried[k].y;
    const int left = std::max(0, -dx), right = std::min(width, width - dx);
    const int top = std::max(first, -dy), bottom = std::min(last, height - dy);
    if (left >= right || top >= bottom) return;
    const auto& rows = flow_match_rows();
    const int wide = right - left + 2 * block_radius;
    std::fill(columns.begin(), columns.end(), u16{0});
    for (int y = top; y < bottom; ++y) {
      auto entering = [&](int j) { return y + j; };  // rows of the window, counted from the border's beginning
      if (y == top)
        for (int j = 0; j < side; ++j)
          rows.add(from.at(left, entering(j)), to.at(left + dx, entering(j) + dy), wide, columns.data());
      else
        rows.exchange(from.at(left, entering(side - 1)), to.at(left + dx, entering(side - 1) + dy),
                      from.at(left, y - 1), to.at(left + dx, y - 1 + dy), wide, columns.data());
      const std::size_t at = std::size_t(y - first) * width + left;
      rows.keep_better(columns.data(), right - left, static_cast<u16>(k), best.data() + at, index.data() + at);
    }
  }
};

}  // namespace

status match_blocks_of_rows(const flow_frames& frames, int radius, plane<std::uint64_t>, const flow_planes& forward,
                            const flow_planes& backward, const launch_options& launch) {
  const auto tried = displacements(radius);
  const int width = frames.prev.width, height = frames.prev.height;
  constexpr int least_rows = 4;  // a row of pixels is thousands of rows of sums
  for (int n = 0; n < frames.prev.count; ++n) {
    const bordered_bytes prev(frames.prev, n), next(frames.next, n);
    const search there{prev, next, tried, 1, width, height, forward.u, forward.v, n};
    const search back{next, prev, tried, -1, width, height, backward.u, backward.v, n};
    parallel_rows(height, least_rows, launch.threads, [&](std::int64_t first, std::int64_t last) {
      there.run(static_cast<int>(first), static_cast<int>(last));
      back.run(static_cast<int>(first), static_cast<int>(last));
    });
  }
  return status::ok;
}

}  // namespace fluxel::kernels
