// SPDX-License-Identifier: Apache-2.0
// Block matching on the CPU: for each displacement the differences of a band's windows, each of which counts both for
// its pixel in the previous frame and for where it goes in the next one. Displacements come in the order of
// block_match, so that the first of the best ones stays.

#include <algorithm>
#include <mutex>

#include "kernels/common/flow/matching.hpp"
#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/search/match_rows.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

namespace {

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

/// Detail of one image with the border repeated block_radius times.
class bordered_bytes {
 public:
  bordered_bytes(const plane<const u8>& p, int n)
      : pitch_(p.width + 2 * block_radius), bytes_(std::size_t(pitch_) * (p.height + 2 * block_radius) + match_room) {
    for (int y = -block_radius; y < p.height + block_radius; ++y) {
      u8* const row = bytes_.data() + std::ptrdiff_t{y + block_radius} * pitch_ + block_radius;
      std::copy_n(row_at(p, n, clamp_index(y, p.height)), p.width, row);
      for (int i = 1; i <= block_radius; ++i) row[-i] = row[0], row[p.width - 1 + i] = row[p.width - 1];
    }
  }
  /// From `x` on, both counted from the border's beginning.
  const u8* at(int x, int y) const { return bytes_.data() + std::ptrdiff_t{y} * pitch_ + x; }
  int pitch() const { return pitch_; }

 private:
  int pitch_;
  working_vector<u8> bytes_;
};

/// Matches of a band of rows in one direction: differences and the places of their displacements.
class best_matches {
 public:
  best_matches(int width, int height)
      : width_(width),
        difference_(std::size_t(width) * height + match_room, std::int16_t{0x7fff}),
        place_(difference_.size()) {}

  std::size_t index(int x, int y) const { return std::size_t(y) * width_ + x; }
  std::int16_t* difference(int x, int y) { return difference_.data() + index(x, y); }
  std::int16_t* place(int x, int y) { return place_.data() + index(x, y); }
  int place_at(int x, int y) const { return static_cast<u16>(place_[index(x, y)]); }

  /// Takes what is better there: a smaller difference, or the same at a place before.
  void merge(const best_matches& other) {
    for (std::size_t i = 0; i < difference_.size(); ++i) {
      const auto key = [i](const best_matches& m) { return m.difference_[i] << 16 | static_cast<u16>(m.place_[i]); };
      if (key(other) >= key(*this)) continue;
      difference_[i] = other.difference_[i];
      place_[i] = other.place_[i];
    }
  }

 private:
  int width_;
  working_vector<std::int16_t> difference_, place_;
};

struct search {
  const bordered_bytes &prev, &next;
  const working_vector<displacement>& tried;
  int width, height;

  /// The matches of the rows from `first` to `last`, and all that they are the matches of.
  void run(int first, int last, best_matches& forward, best_matches& backward) const {
    working_vector<u8> differences(std::size_t(prev.pitch()) * (last - first + 2 * block_radius) + match_room);
    for (std::size_t k = 0; k < tried.size(); ++k) {
      const int dx = tried[k].x, dy = tried[k].y;
      const int left = std::max(0, -dx), right = std::min(width, width - dx);
      const int top = std::max(first, -dy), bottom = std::min(last, height - dy);
      if (left >= right || top >= bottom) continue;
      const match_planes best{forward.difference(left, top - first), forward.place(left, top - first),
                              backward.difference(left + dx, top + dy), backward.place(left + dx, top + dy)};
      flow_match_rows().attempt({.prev = prev.at(left, top),
                                 .next = next.at(left + dx, top + dy),
                                 .pitch = prev.pitch(),
                                 .width = right - left,
                                 .height = bottom - top,
                                 .place = static_cast<std::int16_t>(k),
                                 .best = best,
                                 .best_pitch = width,
                                 .differences = differences.data()});
    }
  }
};

void store_row(const best_matches& best, int y, const working_vector<displacement>& tried, int direction, int n,
               int to_y, const flow_planes& to) {
  for (int x = 0; x < to.u.width; ++x) {
    const displacement d = tried[static_cast<std::size_t>(best.place_at(x, y))];
    row_at(to.u, n, to_y)[x] = static_cast<std::int16_t>(direction * d.x * flow_one);
    row_at(to.v, n, to_y)[x] = static_cast<std::int16_t>(direction * d.y * flow_one);
  }
}

}  // namespace

status detail_of_rows(plane<const u16> grey, plane<u8> detail, const launch_options& launch) {
  for_bands(grey, launch, [&](int n, int first, int last) {
    working_vector<std::int32_t> columns(std::size_t(grey.width) + 2 * detail_radius);
    for (int y = first; y < last; ++y) {
      const u16* rows[2 * detail_radius + 1];
      for (int j = -detail_radius; j <= detail_radius; ++j)
        rows[j + detail_radius] = row_at(grey, n, clamp_index(y + j, grey.height));
      flow_match_rows().detail(rows, grey.width, columns.data() + detail_radius, row_at(detail, n, y));
    }
  });
  return status::ok;
}

status match_blocks_of_rows(plane<const u8> prev_frame, plane<const u8> next_frame, int radius, plane<std::uint64_t>,
                            const flow_planes& forward, const flow_planes& backward, const launch_options& launch) {
  const auto tried = displacements(radius);
  const int width = prev_frame.width, height = prev_frame.height;
  constexpr int least_rows = 8;  // a row of pixels is thousands of rows of sums
  for (int n = 0; n < prev_frame.count; ++n) {
    const bordered_bytes prev(prev_frame, n), next(next_frame, n);
    best_matches all_back(width, height);
    std::mutex merging;
    parallel_rows(height, least_rows, launch.threads, [&](std::int64_t begin, std::int64_t end) {
      const int first = static_cast<int>(begin), last = static_cast<int>(end);
      best_matches there(width, last - first), back(width, height);
      search{prev, next, tried, width, height}.run(first, last, there, back);
      for (int y = first; y < last; ++y) store_row(there, y - first, tried, 1, n, y, forward);
      const std::lock_guard lock(merging);
      all_back.merge(back);
    });
    for (int y = 0; y < height; ++y) store_row(all_back, y, tried, -1, n, y, backward);
  }
  return status::ok;
}

}  // namespace fluxel::kernels
